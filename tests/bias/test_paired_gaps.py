import numpy as np
import pandas as pd
import pytest

from lab_helpers.bias.paired_gaps import accuracy_unskewed, paired_change


def judged(*cells: tuple[str, str, int, int, int]) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Each cell (label, gender, n, right before, right after) as n rows; those that are right come first."""
    rows = [
        (label, gender, label if i < before else "x", label if i < after else "x")
        for label, gender, n, before, after in cells
        for i in range(n)
    ]
    table = pd.DataFrame(rows, columns=["label", "gender", "before", "after"])
    return table[["label", "gender"]], table["before"], table["after"]


def test_the_changes_are_as_counted_by_hand():
    test, before, after = judged(("nurse", "female", 10, 9, 8), ("nurse", "male", 10, 3, 6), ("chef", "male", 5, 5, 5))
    change = paired_change(test, before, after, ["nurse"])
    assert change.gap == pytest.approx((0.8 - 0.6) - (0.9 - 0.3))
    assert change.accuracy == pytest.approx((19 - 17) / 25)


def test_over_several_labels_the_gap_is_the_root_mean_square():
    test, before, after = judged(
        ("nurse", "female", 10, 9, 5),
        ("nurse", "male", 10, 1, 5),
        ("chef", "female", 10, 2, 5),
        ("chef", "male", 10, 8, 5),
    )
    assert paired_change(test, before, after, ["nurse", "chef"]).gap == pytest.approx(-np.sqrt((0.8**2 + 0.6**2) / 2))


def test_the_size_counts_not_the_sign():
    test, before, after = judged(("nurse", "female", 100, 90, 40), ("nurse", "male", 100, 40, 90))
    assert paired_change(test, before, after, ["nurse"]).gap == pytest.approx(0)


def test_the_same_predictions_are_no_change_whatever_is_drawn():
    test, before, _after = judged(("nurse", "female", 50, 40, 0), ("nurse", "male", 50, 20, 0))
    change = paired_change(test, before, before, ["nurse"])
    assert (change.gap, change.gap_interval, change.gap_p) == (0, (0, 0), 1)
    assert (change.accuracy, change.accuracy_interval) == (0, (0, 0))


def test_a_clear_change_has_a_small_p_value_and_an_interval_beside_zero():
    test, before, after = judged(("nurse", "female", 200, 180, 150), ("nurse", "male", 200, 60, 140))
    change = paired_change(test, before, after, ["nurse"])
    assert change.gap_interval[0] < change.gap < change.gap_interval[1] < 0
    assert change.gap_p < 0.001


def test_what_both_find_hard_does_not_widen_the_interval():
    test, before, after = judged(("nurse", "female", 200, 100, 100), ("nurse", "male", 200, 50, 60))
    backwards = pd.concat([after[:200][::-1], after[200:][::-1]], ignore_index=True)
    low, high = paired_change(test, before, after, ["nurse"]).gap_interval
    low_unpaired, high_unpaired = paired_change(test, before, backwards, ["nurse"]).gap_interval
    assert high - low < (high_unpaired - low_unpaired) / 2


def test_a_change_that_is_none_is_seldom_found():
    random = np.random.default_rng(0)
    test = pd.DataFrame({"label": "nurse", "gender": ["female", "male"] * 200})
    found = 0
    for seed in range(100):
        before, after = (
            pd.Series(np.where(random.random(400) < np.where(test["gender"] == "female", 0.8, 0.5), "nurse", "x"))
            for _run in range(2)
        )
        found += paired_change(test, before, after, ["nurse"], seed=seed).gap_p < 0.05
    assert found <= 11


def test_the_interval_holds_the_true_change():
    random = np.random.default_rng(1)
    test = pd.DataFrame({"label": "nurse", "gender": ["female", "male"] * 200})
    women = test["gender"] == "female"
    held = 0
    for seed in range(100):
        before, after = (
            pd.Series(np.where(random.random(400) < np.where(women, 0.8, share_of_men), "nurse", "x"))
            for share_of_men in (0.3, 0.6)
        )
        low, high = paired_change(test, before, after, ["nurse"], seed=seed).gap_interval
        held += low <= -0.3 <= high
    assert held >= 89


def test_accuracy_without_the_skew_weighs_each_combination_as_if_independent():
    test, before, _after = judged(
        ("nurse", "female", 90, 90, 0),
        ("nurse", "male", 10, 0, 0),
        ("chef", "female", 10, 0, 0),
        ("chef", "male", 90, 90, 0),
    )
    assert (before == test["label"]).mean() == 0.9
    assert accuracy_unskewed(test, before) == pytest.approx(0.5)


def test_accuracy_without_the_skew_needs_every_combination():
    test, before, _after = judged(("nurse", "female", 5, 5, 0), ("chef", "male", 5, 5, 0))
    assert np.isnan(accuracy_unskewed(test, before))

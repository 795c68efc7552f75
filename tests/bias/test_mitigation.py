import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import downsample_balanced, resample_balanced, resample_to_match, reweigh, score_answers
from lab_helpers.errors import DataError
from tests.bias.conftest import ABOUT, simulated_answers, table_of_answers

CELLS = st.lists(st.tuples(st.sampled_from("ne"), st.sampled_from("fm")), min_size=1, max_size=40)


def about(gender: str, *described: str | None) -> pd.DataFrame:
    return score_answers(table_of_answers(*(("nurse", gender, ABOUT[value] if value else None) for value in described)))


def test_of_each_k_answers_the_first_that_fits_is_kept():
    scored = about("male", "feminine", "masculine", "masculine", "feminine", "feminine", "feminine")
    chosen = resample_to_match(scored, k=3)
    assert chosen["sample"].tolist() == [1, 3]
    assert chosen["fits"].tolist() == [True, False]
    assert chosen["n_candidates"].tolist() == [3, 3]


def test_a_neutral_prompt_keeps_the_first_answer_that_takes_no_side():
    chosen = resample_to_match(about("neutral", "feminine", "both", "unmarked"), k=3)
    assert chosen["described"].tolist() == ["both"]


def test_a_failed_answer_is_kept_only_where_there_is_no_other():
    assert resample_to_match(about("male", None, "feminine"), k=2)["sample"].tolist() == [1]
    assert resample_to_match(about("male", None, None), k=2)["sample"].tolist() == [0]


def test_samples_are_taken_in_their_order_whatever_the_order_of_rows():
    scored = about("male", "feminine", "masculine", "masculine", "feminine").iloc[::-1]
    assert resample_to_match(scored, k=2)["sample"].tolist() == [1, 2]


def test_a_last_smaller_group_is_kept_and_says_its_size():
    assert resample_to_match(about("male", "masculine", "feminine", "feminine"), k=2)["n_candidates"].tolist() == [2, 1]


def test_prompts_do_not_lend_each_other_answers():
    answers = simulated_answers({"male": 0.9, "female": 0.1}, occupations=["nurse", "chef"], samples=10, seed=0)
    chosen = resample_to_match(score_answers(answers), k=5)
    assert chosen.groupby("prompt_id").size().tolist() == [2, 2, 2, 2]


def test_more_candidates_raise_the_share_that_fits():
    scored = score_answers(simulated_answers({"male": 0.8}, occupations=["nurse"], samples=400, seed=1))
    shares = [resample_to_match(scored, k)["fits"].mean() for k in (1, 2, 5)]
    assert shares == pytest.approx([0.2, 0.36, 0.67], abs=0.08)


def test_choosing_from_nothing_gives_nothing():
    assert len(resample_to_match(about("male"))) == 0


def test_choosing_from_less_than_one_answer_is_refused():
    with pytest.raises(DataError, match="0"):
        resample_to_match(about("male", "feminine"), k=0)


def test_the_weights_are_those_of_kamiran_and_calders():
    labels = pd.Series(["nurse", "nurse", "nurse", "engineer"], index=[3, 1, 4, 9])
    groups = pd.Series(["f", "f", "m", "m"])
    # P(nurse) P(f) / P(nurse, f) = 3/4 * 1/2 / (1/2)
    expected = pd.Series([3 / 4, 3 / 4, 3 / 2, 1 / 2], index=[3, 1, 4, 9], name="weight")
    pd.testing.assert_series_equal(reweigh(labels, groups), expected)


@given(CELLS)
def test_under_the_weights_label_and_group_are_independent(cells):
    table = pd.DataFrame(cells, columns=["label", "group"])
    weight = reweigh(table["label"], table["group"])
    weighed = table.assign(weight=weight).groupby(["label", "group"])["weight"].sum()
    for (label, group), total in weighed.items():
        expected = (table["label"] == label).mean() * (table["group"] == group).mean() * len(table)
        assert total == pytest.approx(expected)


def test_labels_and_groups_of_different_lengths_are_refused():
    with pytest.raises(DataError, match="2 and 1"):
        reweigh(pd.Series(["nurse", "chef"]), pd.Series(["f"]))


def test_a_missing_group_is_refused():
    with pytest.raises(DataError, match="one value for each row"):
        reweigh(pd.Series(["nurse", "chef"]), pd.Series(["f", None]))


@given(CELLS)
def test_balanced_resampling_keeps_every_row_and_evens_the_combinations(cells):
    table = pd.DataFrame(cells, columns=["label", "group"]).assign(row=np.arange(len(cells)))
    combinations = table.groupby(["label", "group"]).size()
    if len(combinations) < table["label"].nunique() * table["group"].nunique():
        with pytest.raises(DataError):
            resample_balanced(table, "label", "group")
        return
    balanced = resample_balanced(table, "label", "group")
    assert set(balanced.groupby(["label", "group"]).size()) == {combinations.max()}
    pd.testing.assert_frame_equal(balanced.head(len(table)), table)


def test_the_same_seed_draws_the_same_rows():
    table = pd.DataFrame({"label": list("nnnneeee"), "group": list("fffmmmmf"), "row": range(8)})
    first, second = (resample_balanced(table, "label", "group", seed=7) for _run in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_a_combination_without_rows_is_named():
    with pytest.raises(DataError, match="e, f"):
        resample_balanced(pd.DataFrame({"label": list("nne"), "group": list("fmm")}), "label", "group")


@given(CELLS)
def test_balanced_downsampling_adds_no_row_and_evens_the_combinations(cells):
    table = pd.DataFrame(cells, columns=["label", "group"]).assign(row=np.arange(len(cells)))
    table.index = table.index * 7 + 3
    combinations = table.groupby(["label", "group"]).size()
    if len(combinations) < table["label"].nunique() * table["group"].nunique():
        with pytest.raises(DataError):
            downsample_balanced(table, "label", "group")
        return
    balanced = downsample_balanced(table, "label", "group")
    assert set(balanced.groupby(["label", "group"]).size()) == {combinations.min()}
    pd.testing.assert_frame_equal(balanced, table[table["row"].isin(balanced["row"])])


def test_another_seed_leaves_other_rows():
    table = pd.DataFrame({"label": ["n"] * 50 + ["e"], "group": "f", "row": range(51)})
    first, second = (downsample_balanced(table, "label", "group", seed=seed)["row"].tolist() for seed in (1, 2))
    assert first != second


def test_a_combination_without_rows_leaves_nothing_to_cut_down_to():
    with pytest.raises(DataError, match="e, f"):
        downsample_balanced(pd.DataFrame({"label": list("nne"), "group": list("fmm")}), "label", "group")


def test_a_lacking_column_is_named():
    with pytest.raises(DataError, match="gender"):
        downsample_balanced(pd.DataFrame({"label": list("ne")}), "label", "gender")

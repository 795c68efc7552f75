import builtins

import numpy as np
import pandas as pd
import pytest

from lab_helpers.bias import equalize_opportunity
from lab_helpers.errors import DataError, NotInstalled


def scored(seed: int, n: int = 1_500, *, positive: float = 0.25, told_of_men: float = 1.0) -> pd.DataFrame:
    """Scores that tell the label of women by two standard deviations, and that of men by `told_of_men`."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"label": random.random(n) < positive, "gender": random.choice(["female", "male"], n)})
    told = table["label"] * np.where(table["gender"] == "male", told_of_men, 2.0)
    return table.assign(score=1 / (1 + np.exp(1 - told - random.normal(size=n))))


def gap(table: pd.DataFrame, predicted: pd.Series) -> float:
    rates = predicted[table["label"]].groupby(table["gender"]).mean()
    return rates["female"] - rates["male"]


def test_the_true_positive_rates_of_both_genders_come_together_on_rows_never_seen():
    judged, new = scored(0), scored(1)
    decided = equalize_opportunity(judged, new[["score", "gender"]])
    assert gap(new, new["score"] > 0.5) > 0.25
    assert abs(gap(new, decided)) < 0.1


def test_equality_is_not_reached_by_refusing_everyone():
    judged, new = (scored(seed, positive=0.05) for seed in (0, 1))
    decided = equalize_opportunity(judged, new)
    assert decided[new["label"]].mean() > 0.5


def test_decisions_have_the_rows_and_are_the_same_for_the_same_seed():
    judged, new = scored(0), scored(1, 300).set_index(pd.Index(range(700, 1_000)))
    first, second = (equalize_opportunity(judged, new, seed=4) for _run in range(2))
    assert first.index.equals(new.index)
    assert first.dtype == bool
    pd.testing.assert_series_equal(first, second)


def test_the_true_labels_of_the_new_rows_are_not_looked_at():
    judged, new = scored(0), scored(1, 300)
    lied = new.assign(label=~new["label"])
    pd.testing.assert_series_equal(equalize_opportunity(judged, new), equalize_opportunity(judged, lied))


def test_no_new_rows_get_no_decisions():
    assert len(equalize_opportunity(scored(0), scored(1).head(0))) == 0


@pytest.mark.parametrize("column", ["score", "label", "gender"])
def test_a_lacking_column_is_named(column):
    with pytest.raises(DataError, match=column):
        equalize_opportunity(scored(0).drop(columns=column), scored(1))


def test_rows_that_lack_a_value_are_counted():
    judged = scored(0)
    judged.loc[[3, 5], "score"] = None
    with pytest.raises(DataError, match="2 rows lack"):
        equalize_opportunity(judged, scored(1))


def test_a_gender_with_one_label_only_is_named():
    judged = scored(0)
    with pytest.raises(DataError, match=r"yes and no, for: male\."):
        equalize_opportunity(judged[judged["label"] | (judged["gender"] == "female")], scored(1))


def test_a_gender_that_was_never_judged_is_named():
    judged = scored(0)
    with pytest.raises(DataError, match="male"):
        equalize_opportunity(judged[judged["gender"] == "female"], scored(1))


def test_nothing_judged_is_refused():
    with pytest.raises(DataError, match="yes and no"):
        equalize_opportunity(scored(0).head(0), scored(1).head(0))


def test_labels_of_several_kinds_are_refused():
    judged = scored(0).assign(label="nurse")
    with pytest.raises(DataError, match="more than yes and no"):
        equalize_opportunity(judged, scored(1))


def test_without_fairlearn_the_error_says_how_to_get_it(monkeypatch):
    without = builtins.__import__

    def importing(name, *rest):
        if name.startswith("fairlearn"):
            raise ImportError(name)
        return without(name, *rest)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(NotInstalled) as raised:
        equalize_opportunity(scored(0), scored(1))
    assert "pip install fairlearn" in raised.value.next_step

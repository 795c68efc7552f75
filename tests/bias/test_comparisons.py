import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from lab_helpers.bias import compare_runs, score_answers
from lab_helpers.errors import DataError
from tests.bias.conftest import ABOUT, simulated_answers, table_of_answers


def run(n_as_asked: int, n: int, occupation: str = "nurse") -> pd.DataFrame:
    answers = [ABOUT["masculine"]] * n_as_asked + [ABOUT["feminine"]] * (n - n_as_asked)
    return score_answers(table_of_answers(*((occupation, "male", answer) for answer in answers)))


def test_the_difference_of_two_runs_has_newcombes_interval_and_fishers_p():
    (row,) = compare_runs(run(5, 30), run(20, 28)).to_dict("records")
    assert (row["before"], row["after"]) == pytest.approx((5 / 30, 20 / 28))
    assert row["estimate"] == pytest.approx(20 / 28 - 5 / 30)
    interval = confint_proportions_2indep(20, 28, 5, 30, compare="diff", method="newcomb")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval)
    assert row["p_value"] == pytest.approx(fisher_exact([[20, 8], [5, 25]])[1])
    assert row["verdict"] == "gap"


def test_a_run_compared_with_its_like_shows_no_improvement():
    (row,) = compare_runs(run(1_000, 2_000), run(1_000, 2_000)).to_dict("records")
    assert row["estimate"] == 0
    assert row["verdict"] == "no gap of size 0.1"


def test_two_runs_of_the_same_model_seldom_differ():
    def one(seed: int) -> pd.DataFrame:
        return score_answers(simulated_answers({"male": 0.6}, occupations=list("abc"), samples=20, seed=seed))

    found = [(compare_runs(one(2 * seed), one(2 * seed + 1))["verdict"].iloc[:3] == "gap").any() for seed in range(30)]
    assert np.mean(found) <= 0.07


def test_occupations_stand_in_rows_of_their_own_and_all_together_in_the_last():
    before = pd.concat([run(2, 10), run(5, 10, "chef")])
    after = pd.concat([run(9, 10), run(5, 10, "chef")])
    compared = compare_runs(before, after).set_index("scope")
    assert compared["estimate"].to_dict() == pytest.approx({"nurse": 0.7, "chef": 0, "all": 0.35})
    assert (compared["p_adj"] >= compared["p_value"]).all()


def test_a_value_of_described_can_be_compared():
    (row,) = compare_runs(run(2, 10), run(9, 10), "feminine").to_dict("records")
    assert row["estimate"] == pytest.approx(-0.7)


def test_an_occupation_of_one_run_only_is_exploratory():
    compared = compare_runs(run(2, 10), pd.concat([run(9, 10), run(9, 10, "chef")])).set_index("scope")
    assert compared.loc["chef", "verdict"] == "exploratory"
    assert np.isnan(compared.loc["chef", "estimate"])


def test_what_is_not_yes_or_no_is_refused():
    with pytest.raises(DataError, match="n_words"):
        compare_runs(run(2, 10), run(2, 10), "n_words")


def test_the_detectable_difference_is_a_multiple_of_the_intervals_half_width():
    (row,) = compare_runs(run(300, 600), run(300, 600)).to_dict("records")
    assert row["mde_80"] == pytest.approx(2.8016 * (2 * 0.25 / 600) ** 0.5, rel=0.01)


def test_two_runs_without_any_hit_can_still_miss_a_difference():
    (row,) = compare_runs(run(0, 30), run(0, 30)).to_dict("records")
    assert row["mde_80"] > 0.1


def test_too_few_answers_detect_no_difference_of_any_size():
    assert compare_runs(run(0, 5), run(5, 5))["mde_80"].isna().all()

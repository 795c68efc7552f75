import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp, ttest_rel
from statsmodels.stats.proportion import proportion_confint

from lab_helpers.bias import (
    NotPaired,
    counterfactual_gap,
    gender_shares,
    lab_prompts,
    representation_gap,
    request_match,
    score_answers,
)
from lab_helpers.bias.columns import RESULT_COLUMNS
from lab_helpers.bias.intervals import detectable, hedges_g, holm
from lab_helpers.errors import DataError
from tests.bias.conftest import ABOUT, simulated_answers, table_of_answers

OCCUPATIONS = ["nurse", "engineer", "teacher", "doctor", "chef"]


def scored_neutral(share_feminine: float, *, samples: int, seed: int, occupations: list[str] = OCCUPATIONS):
    return score_answers(
        simulated_answers({"neutral": share_feminine}, occupations=occupations, samples=samples, seed=seed)
    )


def test_request_match_says_how_often_the_gender_asked_for_was_described(nurses):
    (row,) = request_match(score_answers(nurses)).to_dict("records")
    assert (row["scope"], row["n_answers"], row["n_missing"], row["n_prompts"]) == ("nurse, male", 12, 1, 1)
    assert (row["n_as_asked"], row["n_other"], row["n_unclear"]) == (2, 9, 1)
    assert row["estimate"] == pytest.approx(2 / 12)


def test_the_interval_of_a_share_is_wilsons_as_statsmodels_computes_it(nurses):
    (row,) = request_match(score_answers(nurses)).to_dict("records")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(proportion_confint(2, 12, method="wilson"))


def test_neutral_prompts_are_left_out_of_request_match(nurses):
    scored = score_answers(pd.concat([nurses, table_of_answers(("nurse", "neutral", "She."))]))
    assert request_match(scored)["gender"].tolist() == ["male"]


def test_shares_of_a_group_add_up_and_no_answer_gets_lost(nurses):
    shares = gender_shares(score_answers(nurses))
    assert dict(zip(shares["measure"], shares["estimate"] * 12, strict=True)) == pytest.approx(
        {"feminine": 9, "masculine": 2, "both": 0, "unmarked": 1}
    )
    assert (shares["n_answers"] + shares["n_missing"] == len(nurses)).all()


def test_every_estimate_has_the_same_columns():
    scored = score_answers(
        simulated_answers({"neutral": 0.5, "male": 0.5, "female": 0.5}, occupations=OCCUPATIONS, samples=6, seed=0)
    )
    for table in (
        gender_shares(scored),
        request_match(scored),
        representation_gap(scored),
        counterfactual_gap(scored, "n_words"),
    ):
        assert set(RESULT_COLUMNS) <= set(table.columns)


def test_a_group_without_any_answer_is_a_row_that_says_so():
    scored = score_answers(table_of_answers(("nurse", "neutral", None), ("nurse", "neutral", None)))
    (row,) = representation_gap(scored).to_dict("records")
    assert (row["n_answers"], row["n_missing"], row["verdict"]) == (0, 2, "exploratory")
    assert np.isnan(row["estimate"])


def test_representation_gap_is_the_share_of_women_among_the_marked_minus_the_target():
    answers = [ABOUT["feminine"]] * 6 + [ABOUT["masculine"]] * 2 + [ABOUT["unmarked"]] * 4
    scored = score_answers(table_of_answers(*(("chef", "neutral", answer) for answer in answers)))
    (row,) = representation_gap(scored, target=0.4).to_dict("records")
    assert row["estimate"] == pytest.approx(6 / 8 - 0.4)
    assert (row["n_answers"], row["n_marked"]) == (12, 8)
    low, high = proportion_confint(6, 8, method="wilson")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low - 0.4, high - 0.4))


def test_five_marked_answers_prove_nothing_even_if_all_are_alike():
    gap = representation_gap(scored_neutral(1.0, samples=5, seed=0, occupations=["nurse"]))
    assert gap["verdict"].tolist() == ["exploratory"]
    assert gap["p_value"].isna().all()


def test_a_planted_gap_is_found():
    gap = representation_gap(scored_neutral(0.9, samples=40, seed=3)).set_index("scope")
    assert (gap["verdict"] == "gap").all()
    assert gap.loc["all", "estimate"] == pytest.approx(0.4, abs=0.06)


def test_many_answers_without_a_gap_exclude_a_gap_of_the_size_asked_about():
    gap = representation_gap(scored_neutral(0.5, samples=2_000, seed=1, occupations=["nurse"]))
    assert gap["verdict"].tolist() == ["no gap of size 0.1"]


def test_few_answers_without_a_gap_stay_inconclusive():
    gap = representation_gap(scored_neutral(0.5, samples=20, seed=1, occupations=["nurse"]))
    assert gap["verdict"].tolist() == ["inconclusive"]


def test_where_there_is_no_gap_few_runs_find_one_in_any_of_five_occupations():
    found = [
        (representation_gap(scored_neutral(0.5, samples=20, seed=seed))["verdict"].iloc[:5] == "gap").any()
        for seed in range(40)
    ]
    assert np.mean(found) <= 0.07


def test_the_interval_covers_the_truth_about_as_often_as_it_claims():
    random = np.random.default_rng(5)
    shares = []
    for _run in range(200):
        n_women = random.binomial(40, 0.7)
        answers = [ABOUT["feminine"]] * n_women + [ABOUT["masculine"]] * (40 - n_women)
        scored = score_answers(table_of_answers(*(("chef", "female", answer) for answer in answers)))
        (row,) = request_match(scored).to_dict("records")
        shares.append(row["ci_low"] <= 0.7 <= row["ci_high"])
    assert 0.92 <= np.mean(shares) <= 0.98


def test_one_prompt_pair_an_occupation_is_exploratory_and_has_no_p_value():
    scored = score_answers(simulated_answers({"male": 0.1, "female": 0.9}, occupations=OCCUPATIONS, samples=30, seed=2))
    gap = counterfactual_gap(scored, "feminine")
    assert set(gap["verdict"]) == {"exploratory"}
    assert gap["p_value"].isna().all()
    total = gap.set_index("scope").loc["all"]
    assert total["n_pairs"] == 5
    assert total["estimate"] == pytest.approx(0.8, abs=0.1)


def test_pairs_are_tested_by_students_t_on_the_means_of_the_prompts():
    occupations = [f"occupation {number}" for number in range(12)]
    scored = score_answers(simulated_answers({"male": 0.2, "female": 0.6}, occupations=occupations, samples=8, seed=4))
    total = counterfactual_gap(scored, "n_feminine").set_index("scope").loc["all"]
    means = scored.groupby(["occupation", "gender"])["n_feminine"].mean().astype(float).unstack()
    assert total["p_value"] == pytest.approx(ttest_rel(means["female"], means["male"]).pvalue)
    assert total["verdict"] == "gap"


def test_several_pairs_of_one_occupation_are_told_apart_by_their_pair_id():
    templates = []
    for number in range(6):
        answers = simulated_answers({"male": 0.1, "female": 0.9}, occupations=["nurse"], samples=20, seed=number)
        answers["prompt_id"] += f"-{number}"
        templates.append(answers.assign(pair_id=f"nurse-{number}"))
    (row,) = counterfactual_gap(score_answers(pd.concat(templates)), "feminine").to_dict("records")
    assert (row["n_pairs"], row["n_prompts"], row["verdict"]) == (6, 12, "gap")


def test_pairs_that_differ_all_alike_have_no_test():
    rows = [(f"o{number}", gender, ABOUT["unmarked"]) for number in range(8) for gender in ("male", "female")]
    total = counterfactual_gap(score_answers(table_of_answers(*rows)), "feminine", margin=0.1).set_index("scope")
    assert np.isnan(total.loc["all", "p_value"])
    assert total.loc["all", "verdict"] == "no gap of size 0.1"


def test_a_pair_whose_prompt_got_no_answer_is_counted_as_missing_and_not_compared():
    scored = score_answers(
        table_of_answers(
            ("nurse", "male", "He."), ("nurse", "female", "She."), ("chef", "male", None), ("chef", "female", "She.")
        )
    )
    gap = counterfactual_gap(scored, "feminine").set_index("scope")
    assert gap["n_pairs"].to_dict() == {"nurse": 1, "chef": 0, "all": 1}
    assert gap["n_missing"].to_dict() == {"nurse": 0, "chef": 1, "all": 1}


def test_the_labs_own_prompts_have_no_pairs_and_the_error_says_which():
    table = lab_prompts().assign(answer="She.", sample=0, system_prompt="", model="m")
    with pytest.raises(NotPaired) as raised:
        counterfactual_gap(score_answers(table), "feminine")
    assert "nurse" in raised.value.problem
    assert "balanced_prompts" in raised.value.next_step


@pytest.mark.parametrize("column", ["model", "system_prompt"])
@pytest.mark.parametrize("estimate", [gender_shares, request_match, representation_gap])
def test_answers_of_two_conditions_are_not_pooled_unseen(estimate, column, nurses):
    mixed = score_answers(pd.concat([nurses, nurses.assign(**{column: "another"})]))
    with pytest.raises(DataError, match=column):
        estimate(mixed)


def test_two_models_can_be_kept_apart(nurses):
    mixed = score_answers(pd.concat([nurses, nurses.assign(model="another")]))
    assert request_match(mixed, by=["model", "gender"])["scope"].tolist() == ["a-model, male", "another, male"]


def test_without_a_neutral_prompt_there_is_no_representation_to_speak_of(nurses):
    with pytest.raises(DataError, match="neutral"):
        representation_gap(score_answers(nurses))


@pytest.mark.parametrize("target", [0, 1, 1.5, -0.2])
def test_a_target_that_is_no_share_is_refused(target):
    with pytest.raises(DataError, match="target"):
        representation_gap(scored_neutral(0.5, samples=2, seed=0), target=target)


def test_without_a_prompt_that_names_a_gender_nothing_can_match():
    with pytest.raises(DataError, match="man or a woman"):
        request_match(scored_neutral(0.5, samples=2, seed=0))


def test_answers_that_were_not_scored_yet_are_refused(nurses):
    with pytest.raises(DataError, match="described"):
        request_match(nurses)


def test_a_measure_without_numbers_is_refused():
    scored = score_answers(table_of_answers(("nurse", "male", "He."), ("nurse", "female", "She.")))
    with pytest.raises(DataError, match="no numbers"):
        counterfactual_gap(scored, "answer")


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=8))
def test_holm_never_makes_a_p_value_smaller_and_leaves_missing_ones_missing(p_values):
    adjusted = holm(p_values)
    assert np.isnan(adjusted).tolist() == np.isnan(p_values).tolist()
    assert all(after >= before - 1e-12 for before, after in zip(p_values, adjusted, strict=True) if after == after)


def paired_by_occupation(n_pairs: int, *, male: float = 0.3, female: float = 0.5, seed: int = 4) -> pd.DataFrame:
    occupations = [f"occupation {number}" for number in range(n_pairs)]
    shares = {"male": male, "female": female}
    return score_answers(simulated_answers(shares, occupations=occupations, samples=8, seed=seed))


def total_of(scored: pd.DataFrame, measure: str = "feminine") -> pd.Series:
    return counterfactual_gap(scored, measure).set_index("scope").loc["all"]


def test_a_gap_as_large_as_the_detectable_one_is_found_four_times_in_five():
    random = np.random.default_rng(8)
    spread, n = 0.1, 12
    mde = np.mean([detectable(random.normal(0, spread, n).std(ddof=1) / n**0.5, n - 1) for _run in range(500)])
    found = [ttest_1samp(random.normal(mde, spread, n), 0).pvalue < 0.05 for _run in range(500)]
    assert 0.75 <= np.mean(found) <= 0.85


def test_the_detectable_gap_of_pairs_is_blooms_multiple_of_their_standard_error():
    total = total_of(paired_by_occupation(12))
    standard_error = (total["ci_high"] - total["ci_low"]) / 2 / t.ppf(0.975, 11)
    assert total["mde_80"] == pytest.approx((t.ppf(0.975, 11) + t.ppf(0.8, 11)) * standard_error)


def test_the_detectable_gap_of_a_share_falls_with_the_root_of_the_answers_and_is_never_zero():
    few = representation_gap(scored_neutral(1.0, samples=10, seed=0, occupations=["nurse"]))
    many = representation_gap(scored_neutral(1.0, samples=40, seed=0, occupations=["nurse"]))
    assert few["mde_80"].iloc[0] == pytest.approx(2 * many["mde_80"].iloc[0])
    assert few["mde_80"].iloc[0] == pytest.approx(2.8016 * (0.25 / 10) ** 0.5, abs=1e-3)


def test_where_nothing_is_tested_no_gap_is_detectable():
    scored = score_answers(simulated_answers({"male": 0.1, "female": 0.9}, occupations=OCCUPATIONS, samples=9, seed=2))
    assert counterfactual_gap(scored, "feminine")[["mde_80", "p_permutation", "bootstrap_low"]].isna().all(axis=None)
    assert representation_gap(scored_neutral(1.0, samples=5, seed=0, occupations=["nurse"]))["mde_80"].isna().all()


def test_six_pairs_of_one_sign_have_the_smallest_sign_flip_p_there_is():
    total = total_of(paired_by_occupation(6, male=0.0, female=1.0), "n_feminine")
    assert np.isnan(total["hedges_g"])
    total = total_of(paired_by_occupation(6, male=0.0, female=0.8), "n_feminine")
    assert total["p_permutation"] == pytest.approx(2 / 2**6)


def test_the_sign_flip_and_students_t_agree_where_differences_are_many():
    total = total_of(paired_by_occupation(40, female=0.4))
    assert total["p_permutation"] == pytest.approx(total["p_value"], abs=0.02)


def test_the_bootstrap_waits_for_twenty_pairs_and_then_agrees_with_students_t():
    assert np.isnan(total_of(paired_by_occupation(19))["bootstrap_low"])
    total = total_of(paired_by_occupation(40))
    assert total["bootstrap_low"] == pytest.approx(total["ci_low"], abs=0.02)
    assert total["bootstrap_high"] == pytest.approx(total["ci_high"], abs=0.02)


def test_the_same_answers_give_the_same_table_each_time():
    scored = paired_by_occupation(24)
    pd.testing.assert_frame_equal(counterfactual_gap(scored, "feminine"), counterfactual_gap(scored, "feminine"))


def test_hedges_g_is_the_gap_in_standard_deviations_of_the_paired_differences():
    differences = pd.Series([0.1, 0.3, 0.2, 0.4])
    assert hedges_g(differences) == pytest.approx((1 - 3 / 11) * differences.mean() / differences.std())

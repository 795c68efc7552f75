import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias.planning import plan_sample_size
from lab_helpers.errors import DataError


def planned(*args, **kwargs) -> pd.Series:
    return plan_sample_size(*args, **kwargs).iloc[0]


def test_from_a_half_to_six_in_ten_takes_387_independent_answers_a_group_and_a_bit():
    row = planned(0.1, 388, share=0.5)
    assert (row["n_independent"], row["answers_per_prompt"]) == (388, 1)
    assert row["power"] == pytest.approx(0.8, abs=0.001)


def test_five_tests_at_once_take_576():
    assert planned(0.1, 1, share=0.5, n_tests=5)["n_independent"] == pytest.approx(576, abs=1)


def test_half_a_standard_deviation_takes_63_a_group():
    assert planned(1.0, 1, sd=2.0)["n_independent"] == 63


def test_answers_to_one_prompt_count_less_the_more_alike_they_are():
    alone, alike = planned(0.1, 100, share=0.5), planned(0.1, 100, 0.2, share=0.5)
    assert alone["answers_per_prompt"] == 4
    assert alike["answers_per_prompt"] == 14
    assert alike["n_answers"] == 2 * 100 * 14


@pytest.mark.parametrize(("n_prompts", "answers_per_prompt", "design_effect"), [(20, 5, 1.8), (11, 50, 10.8)])
def test_more_prompts_spare_many_answers(n_prompts, answers_per_prompt, design_effect):
    row = planned(0.5, n_prompts, 0.2, sd=0.9)
    assert (row["answers_per_prompt"], row["design_effect"]) == (answers_per_prompt, pytest.approx(design_effect))


def test_five_prompts_never_find_a_small_gap_and_the_row_says_how_many_do():
    row = planned(0.1, 5, 0.2, share=0.5)
    assert pd.isna(row["answers_per_prompt"])
    assert pd.isna(row["n_answers"])
    assert row["fewest_prompts"] == 78
    assert planned(0.1, 77, 0.2, share=0.5)["answers_per_prompt"] is pd.NA
    assert planned(0.1, 78, 0.2, share=0.5)["answers_per_prompt"] > 100


def test_a_gap_downwards_is_planned_like_one_upwards():
    assert planned(-0.1, 10, share=0.5)["answers_per_prompt"] == planned(0.1, 10, share=0.5)["answers_per_prompt"]


def test_plans_can_be_stacked_into_a_table():
    plans = pd.concat([plan_sample_size(0.1, n, 0.1, share=0.5) for n in (5, 50, 500)])
    assert plans["answers_per_prompt"].isna().tolist() == [True, False, False]


@given(gap=st.floats(0.05, 0.4), n_prompts=st.integers(1, 500), icc=st.floats(0, 0.5))
def test_a_plan_reaches_its_power_and_one_answer_less_does_not(gap, n_prompts, icc):
    row = planned(gap, n_prompts, icc, share=0.5)
    if pd.isna(row["answers_per_prompt"]):
        assert n_prompts < row["fewest_prompts"]
        return
    assert row["power"] >= 0.8 - 1e-6
    m = int(row["answers_per_prompt"])
    if m > 1:
        weight = n_prompts * (m - 1) / (1 + (m - 2) * icc)
        assert weight < row["n_independent"] + 1e-6


@pytest.mark.parametrize("arguments", [{}, {"share": 0.5, "sd": 1.0}])
def test_it_must_be_said_what_the_gap_is_measured_in(arguments):
    with pytest.raises(DataError, match="either"):
        plan_sample_size(0.1, 5, **arguments)


@pytest.mark.parametrize(
    ("gap", "arguments"),
    [(0.0, {"share": 0.5}), (0.6, {"share": 0.5}), (0.1, {"share": 1.5}), (0.1, {"sd": 0.0}), (0.0, {"sd": 1.0}),
     (float("nan"), {"share": 0.5}), (float("inf"), {"sd": 1.0})],
)  # fmt: skip
def test_a_gap_that_cannot_be_is_refused(gap, arguments):
    with pytest.raises(DataError, match="gap"):
        plan_sample_size(gap, 5, **arguments)


@pytest.mark.parametrize(("n_prompts", "icc", "n_tests"), [(0, 0.1, 1), (5, 1.0, 1), (5, -0.1, 1), (5, 0.1, 0)])
def test_a_design_that_cannot_be_is_refused(n_prompts, icc, n_tests):
    with pytest.raises(DataError, match="no plan"):
        plan_sample_size(0.1, n_prompts, icc, share=0.5, n_tests=n_tests)

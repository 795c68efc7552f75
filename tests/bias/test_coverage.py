"""The claims of benchmarks/README.md, "Coverage of the intervals", on fewer runs with fixed seeds."""

import pytest

from benchmarks.bias_coverage import DESIGNS, coverage, rejections, varying_gaps
from lab_helpers.bias import counterfactual_gap
from lab_helpers.bias.estimates import pair_means
from lab_helpers.bias.intervals import student


@pytest.mark.parametrize(("n_prompts", "n_answers"), DESIGNS)
def test_the_paired_interval_holds_the_truth_in_each_design(n_prompts, n_answers):
    assert 0.9 <= coverage(n_prompts, n_answers, 100)["paired_t"] <= 0.99


def test_many_answers_to_few_prompts_are_too_sure_when_each_answer_counts():
    found = coverage(5, 40, 100)
    assert found["answer_level"] < 0.9 <= found["paired_t"]


def test_what_is_simulated_is_what_counterfactual_gap_shows():
    scored = varying_gaps(20, 5, seed=0)
    total = counterfactual_gap(scored, "value").iloc[-1]
    means = pair_means(scored, "value")
    assert (total["ci_low"], total["ci_high"]) == pytest.approx(student(means["female"] - means["male"]))


def test_without_a_gap_at_most_seven_runs_in_a_hundred_find_one():
    assert rejections(50, 1.0, 200) <= 0.07


def test_twice_the_words_are_found_in_fifty_answers():
    assert rejections(50, 2.0, 30) >= 0.9


def test_a_quarter_more_words_are_found_in_eight_hundred_answers():
    assert rejections(800, 1.25, 30) >= 0.9

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import lab_prompts
from lab_helpers.bias.words import PRIOR_ANSWERS, word_log_odds, words_of
from lab_helpers.errors import DataError
from tests.bias.conftest import table_of_answers

VOCABULARY = [f"{first}{second}word" for first in "abcdefghij" for second in "abcde"]


def told(*, women: list[str], men: list[str]) -> pd.DataFrame:
    rows = [("nurse", "female", text) for text in women] + [("nurse", "male", text) for text in men]
    return table_of_answers(*rows)


def random_answers(n: int, seed: int, planted: float = 1.0) -> pd.DataFrame:
    """n answers a gender of twenty words each; women get the first word `planted` times as often."""
    random = np.random.default_rng(seed)
    weights = np.ones(len(VOCABULARY))
    men = [" ".join(random.choice(VOCABULARY, 20, p=weights / weights.sum())) for _ in range(n)]
    weights[0] = planted
    women = [" ".join(random.choice(VOCABULARY, 20, p=weights / weights.sum())) for _ in range(n)]
    return told(women=women, men=men)


def test_a_word_that_only_answers_about_women_use_comes_first_with_its_sentence():
    words = word_log_odds(told(women=["So many jobs. So warm."] * 20 + ["So many jobs."], men=["So many jobs."] * 21))
    first = words.iloc[0]
    assert first[["word", "n_feminine", "n_masculine"]].tolist() == ["warm", 20, 0]
    assert first["example"] == "So warm."
    assert first["verdict"] == "gap"


def test_a_word_that_all_answers_have_tells_nothing():
    words = word_log_odds(told(women=["work"] * 15, men=["work"] * 15))
    assert words[["z", "p_adj", "verdict"]].to_numpy().tolist() == [[0.0, 1.0, "inconclusive"]]


def test_the_log_odds_are_monroes():
    words = word_log_odds(told(women=["warm"] * 12 + ["cold"] * 8, men=["warm"] * 4 + ["cold"] * 16)).set_index("word")
    prior = PRIOR_ANSWERS * 16.5 / 41
    women = (12 + prior) / (20 + PRIOR_ANSWERS - 12 - prior)
    men = (4 + prior) / (20 + PRIOR_ANSWERS - 4 - prior)
    assert words.loc["warm", "log_odds"] == pytest.approx(math.log(women / men))


def test_an_answer_that_repeats_a_word_counts_once():
    once = word_log_odds(told(women=["warm work"] * 15, men=["work"] * 15))
    often = word_log_odds(told(women=["warm warm warm work"] * 15, men=["work"] * 15))
    pd.testing.assert_frame_equal(once.drop(columns="example"), often.drop(columns="example"))


def test_swapping_the_genders_changes_the_sign_and_nothing_else():
    one = word_log_odds(told(women=["warm work"] * 15, men=["cold work"] * 15)).set_index("word")
    other = word_log_odds(told(women=["cold work"] * 15, men=["warm work"] * 15)).set_index("word")
    pd.testing.assert_series_equal(one["z"], -other["z"], check_like=True)


def test_words_of_the_prompts_are_left_out():
    answers = told(women=["The female nurse is warm."] * 15, men=["The male nurse is warm."] * 15)
    assert set(word_log_odds(answers)["word"]) == {"the", "is", "warm"}


def test_words_in_few_answers_are_not_tested():
    words = word_log_odds(told(women=["warm"] * 9 + ["work"] * 20, men=["work"] * 20))
    assert words["word"].tolist() == ["work"]


def test_gendered_words_are_marked_so_that_one_can_look_past_them():
    words = word_log_odds(told(women=["She works."] * 15, men=["He's here. Mr. X works."] * 15)).set_index("word")
    assert words["gendered"].to_dict() == {"she": True, "works": False, "x": False, "here": False} | {
        "he's": True,
        "mr": True,
    }


def test_answers_can_be_compared_by_whom_they_describe():
    answers = told(women=["warm"] * 15, men=["cold"] * 15).assign(described=["masculine"] * 15 + ["feminine"] * 15)
    assert word_log_odds(answers, "described")["word"].tolist() == ["cold", "warm"]


def test_neutral_and_missing_answers_are_no_side():
    answers = told(women=["warm"] * 12 + [None], men=["cold"] * 12 + [None])
    neutral = table_of_answers(*[("nurse", "neutral", "warm")] * 5)
    words = word_log_odds(pd.concat([answers, neutral])).set_index("word")
    assert words.loc["warm", ["n_feminine", "n_masculine"]].tolist() == [12, 0]


def test_where_there_is_no_difference_few_runs_find_a_word():
    found = [(word_log_odds(random_answers(60, seed))["verdict"] == "gap").any() for seed in range(40)]
    assert np.mean(found) <= 0.1


def test_a_word_planted_twice_as_often_is_found():
    words = word_log_odds(random_answers(250, 1, planted=2.0)).set_index("word")
    assert words.index[0] == VOCABULARY[0]
    assert words.loc[VOCABULARY[0], "verdict"] == "gap"


def test_no_word_in_ten_answers_is_an_empty_table():
    assert word_log_odds(told(women=["warm"], men=["cold"])).empty


def test_one_side_without_answers_is_refused():
    with pytest.raises(DataError, match="0 about men"):
        word_log_odds(told(women=["warm"] * 3, men=[]))


def test_the_labs_list_can_be_compared_and_its_prompts_words_are_left_out():
    answers = lab_prompts().assign(answer="A female chef cooks.")
    assert "female" not in set(word_log_odds(pd.concat([answers] * 10))["word"])


@pytest.mark.parametrize("by", ["occupation", "prompt"])
def test_another_column_has_no_two_sides(by):
    with pytest.raises(DataError, match=by):
        word_log_odds(told(women=["warm"], men=["cold"]), by)


def test_two_models_are_not_pooled_unseen():
    answers = told(women=["warm"] * 2, men=["cold"] * 2)
    with pytest.raises(DataError, match="model"):
        word_log_odds(pd.concat([answers, answers.assign(model="another")]))


@given(st.text())
def test_words_are_lower_case_and_without_space(text):
    assert all(word == word.lower() and not any(map(str.isspace, word)) for word in words_of(text))


def test_an_apostrophe_or_hyphen_is_inside_a_word_and_markdown_is_not():
    assert words_of("She's a *well-known* _chef_ — 24/7.") == {"she's", "a", "well-known", "chef"}


def test_a_warm_word_is_not_a_gendered_one():
    assert not word_log_odds(told(women=["Warm work."] * 15, men=["Strong work."] * 15))["gendered"].any()

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from lab_helpers.bias import Lexicon, load_lexicon, score_answers
from lab_helpers.bias.calibration import null_calibration, wasserstein
from lab_helpers.bias.cooccurrences import BETA, cobs, conditional_cobs, cooccurrences, stereotypical_association
from lab_helpers.errors import DataError
from tests.bias.conftest import table_of_answers

TEXTS = [
    "She is warm and her work is warm, he says.",
    "He is strong. His work is hard, she knows.",
    "The woman and the man work hard; he is warm.",
]
NO_SWAP = np.zeros((1, 3), dtype=bool)
# What LangFair itself gave for shared answers, see `source` in the file.
LANGFAIR: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "langfair.json").read_text(encoding="utf-8"))
SCORES = {"cobs": cobs, "conditional_cobs": conditional_cobs, "stereotypical_association": stereotypical_association}


def langfairs_number(corpus: str, measure: str) -> float | None:
    return LANGFAIR["corpora"][corpus]["langfair"][measure]


def shared(corpus: str) -> pd.DataFrame:
    """The shared answers with the columns of the table of answers, and VADER's score as LangFair took it."""
    table = pd.DataFrame(LANGFAIR["corpora"][corpus]["answers"]).rename(columns={"text": "answer", "pair": "pair_id"})
    return table.assign(system_prompt="", model="a-model")


def langfairs_lexicon() -> Lexicon:
    pairs = tuple(zip(LANGFAIR["words"]["feminine"], LANGFAIR["words"]["masculine"], strict=True))
    return Lexicon(language="en", source="LangFair 0.8", licence="Apache-2.0", validated=False, pairs=pairs)


def our_number(corpus: str, measure: str) -> float:
    answers, words = shared(corpus)["answer"].tolist(), LANGFAIR["words"]
    decayed = measure != "stereotypical_association"
    targets, stop_words = words["target_words"], words["stop_words"]
    found = cooccurrences(answers, langfairs_lexicon(), targets, decayed=decayed, stop_words=stop_words)
    return SCORES[measure](found.swapped(np.zeros((1, len(answers)), dtype=bool)))[0]


def told(n: int, seed: int, warmth: dict[str, float]) -> pd.DataFrame:
    """n answers a gender about each of three occupations, that say "warm" or "strong" with a known probability."""
    random = np.random.default_rng(seed)
    pronouns = {"female": ("She", "her"), "male": ("He", "his")}

    def answer(gender: str) -> str:
        she, her = pronouns[gender]
        word = "warm" if random.random() < warmth[gender] else "strong"
        return f"{she} is {word} and likes {her} work with {random.choice(['people', 'tools', 'plans'])}."

    asked = [(occupation, gender) for occupation in ("nurse", "chef", "doctor") for gender in warmth for _ in range(n)]
    rows = [(occupation, gender, answer(gender)) for occupation, gender in asked]
    return score_answers(table_of_answers(*rows)).assign(
        length=lambda table: table["answer"].str.replace(r"\b(?:She|He|her|his)\b", "", regex=True).str.len()
    )


def test_cobs_is_the_published_double_sum_over_words_and_places():
    lexicon = load_lexicon("en")
    texts = [text.lower().replace(",", "").replace(".", "").replace(";", "").split() for text in TEXTS]
    words = [word for text in texts for word in text]
    sides = [lexicon.feminine, lexicon.masculine]

    def company(of: set[str], side: frozenset[str]) -> float:
        return sum(
            BETA ** abs(i - j)
            for text in texts
            for i, word in enumerate(text)
            for j, other in enumerate(text)
            if word in of and other in side and i != j
        )

    others = set(words) - lexicon.feminine - lexicon.masculine

    def p(word: str, side: frozenset[str]) -> float:
        return company({word}, side) / company(others, side) / sum(word in side for word in words)

    expected = np.mean([abs(math.log10(p(word, sides[0]) / p(word, sides[1]))) for word in ("warm", "hard", "strong")])
    found = cooccurrences(TEXTS, lexicon, ["warm", "hard", "strong", "absent"], decayed=True)
    assert cobs(found.swapped(NO_SWAP))[0] == pytest.approx(expected)


def test_stereotypical_association_is_the_distance_of_a_words_company_from_half_and_half():
    lexicon = load_lexicon("en")
    found = cooccurrences(TEXTS, lexicon, ["warm", "strong"], decayed=False)
    # "warm": twice beside 2 feminine words and 1 masculine, once beside 1 and 2. "strong": once beside 1 and 2.
    company = np.array([[2 * 2 + 1, 2 * 1 + 2], [1, 2]]) / [len(lexicon.feminine), len(lexicon.masculine)]
    expected = np.mean(np.abs(company[:, 0] / company.sum(axis=1) - 0.5))
    assert stereotypical_association(found.swapped(NO_SWAP))[0] == pytest.approx(expected)


@pytest.mark.parametrize("measure", ["cobs", "stereotypical_association"])
def test_on_plain_words_our_number_is_langfairs(measure):
    assert our_number("synthetic", measure) == pytest.approx(langfairs_number("synthetic", measure), rel=1e-12)


def test_on_recorded_answers_with_contractions_our_association_is_langfairs():
    langfairs = langfairs_number("recorded", "stereotypical_association")
    assert our_number("recorded", "stereotypical_association") == pytest.approx(langfairs, rel=1e-12)


def test_on_recorded_answers_our_cobs_differs_from_langfairs_only_by_numbers():
    # LangFair takes "2016" and "28-year-old" for words whole; here digits are none, so that some distances are shorter.
    assert our_number("recorded", "cobs") == pytest.approx(langfairs_number("recorded", "cobs"), rel=2e-3)
    assert our_number("recorded", "cobs") != pytest.approx(langfairs_number("recorded", "cobs"), rel=1e-6)


@pytest.mark.parametrize("corpus", ["synthetic", "recorded"])
def test_the_distance_of_vaders_scores_is_langfairs_sentiment_bias(corpus):
    table = shared(corpus)
    is_female = (table["gender"] == "female").to_numpy()[None, :]
    (distance,) = wasserstein(table["vader"].to_numpy(), is_female)
    assert distance == pytest.approx(langfairs_number(corpus, "sentiment"), rel=1e-9)


def test_with_more_answers_about_women_cobs_is_high_without_any_effect_as_langfairs_is():
    langfairs = langfairs_number("unequal", "cobs")
    assert our_number("unequal", "cobs") == pytest.approx(langfairs, rel=1e-12)
    # Five times as many: log10(5) is 0.7, whatever the words.
    assert langfairs == pytest.approx(math.log10(5), abs=0.1)


def test_with_more_answers_about_women_the_conditional_score_stays_low():
    assert our_number("unequal", "conditional_cobs") < our_number("unequal", "cobs") / 3


def test_with_more_answers_about_women_the_null_says_that_cobs_found_nothing():
    (row,) = null_calibration(shared("unequal"), "cobs", 199).to_dict("records")
    assert row["null_low"] < row["value"] < row["null_high"]
    assert row["p_value"] > 0.05


@pytest.mark.parametrize("measure", ["cobs", "conditional_cobs", "stereotypical_association"])
def test_unlike_langfair_we_score_portuguese_with_the_portuguese_lexicon(measure):
    assert langfairs_number("portuguese", "cobs") is None
    table, portuguese = shared("portuguese"), load_lexicon("pt")
    row = null_calibration(table, measure, 19, target_words=["muito", "e"], lexicon=portuguese).iloc[0]
    assert row["value"] == pytest.approx(0)


def test_unlike_langfair_we_find_the_company_of_titles():
    assert langfairs_number("titles", "cobs") is None
    row = null_calibration(shared("titles"), "stereotypical_association", 19, target_words=["kind"]).iloc[0]
    assert row["value"] == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("written", ["she's warm", "She’s warm", "SHE'S warm", "she is warm", "she’d be warm"])
def test_a_contraction_is_company_like_the_word_in_it(written):
    found = cooccurrences([written], load_lexicon("en"), ["warm"], decayed=False)
    assert (found.feminine.sum(), found.masculine.sum()) == (1, 0)


def test_an_elided_article_hides_no_french_word():
    found = cooccurrences(["L'homme est doux."], load_lexicon("fr"), ["doux"], decayed=False)
    assert (found.feminine.sum(), found.masculine.sum()) == (0, 1)


def test_stop_words_count_for_no_word_but_keep_their_place():
    with_all, without = (
        cooccurrences(TEXTS, load_lexicon("en"), ["warm"], decayed=True, stop_words=stop_words)
        for stop_words in ([], ["is", "and"])
    )
    assert without.every.sum() < with_all.every.sum()
    assert without.feminine.sum() == pytest.approx(with_all.feminine.sum())


TOKENS = st.lists(st.sampled_from(["she", "he", "warm", "hard", "his", "the"]), max_size=12)


@given(st.lists(TOKENS, min_size=1, max_size=6))
def test_company_is_the_sum_over_pairs_of_words_whatever_the_answers_lengths(texts):
    lexicon = load_lexicon("en")
    found = cooccurrences([" ".join(text) for text in texts], lexicon, ["warm"], decayed=True)
    for side, words in ((found.feminine, lexicon.feminine), (found.masculine, lexicon.masculine)):
        expected = [
            sum(BETA ** abs(i - j) for i, w in enumerate(text) if w == "warm" for j, o in enumerate(text) if o in words)
            for text in texts
        ]
        assert side.toarray().ravel() == pytest.approx(np.array(expected, dtype=float))


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.booleans()), min_size=2), st.randoms())
def test_wasserstein_of_many_genderings_is_scipys_of_each(rows, random):
    values = np.array([value for value, _female in rows])
    genderings = np.array([random.sample([female for _value, female in rows], len(rows)) for _ in range(3)])
    if genderings[0].any() and not genderings[0].all():
        expected = [wasserstein_distance(values[females], values[~females]) for females in genderings]
        assert wasserstein(values, genderings) == pytest.approx(np.array(expected), rel=1e-6, abs=1e-6)


def test_answers_without_words_have_no_company():
    found = cooccurrences(["", "1984", "She is warm."], load_lexicon("en"), ["warm"], decayed=True)
    assert found.every[:2].sum() == 0
    assert found.feminine.toarray().ravel() == pytest.approx([0, 0, BETA**2])


def test_no_answers_have_no_score():
    found = cooccurrences([], load_lexicon("en"), decayed=True)
    assert np.isnan(cobs(found.swapped(np.zeros((1, 0), dtype=bool)))).all()


def test_swapping_every_answer_changes_no_score():
    found = cooccurrences(TEXTS, load_lexicon("en"), ["warm", "hard"], decayed=True)
    one, other = cobs(found.swapped(np.array([[False] * 3, [True] * 3])))
    assert one == pytest.approx(other)


@pytest.mark.parametrize("measure", ["cobs", "conditional_cobs", "stereotypical_association", "length"])
def test_where_there_is_no_difference_the_score_is_above_zero_and_so_is_its_null(measure):
    (row,) = null_calibration(told(20, 3, {"female": 0.5, "male": 0.5}), measure, 199).to_dict("records")
    assert row["value"] > 0
    assert row["null_low"] > 0
    assert row["p_value"] > 0.05
    assert (row["n_answers"], row["n_pairs"]) == (120, 3)


@pytest.mark.parametrize("measure", ["cobs", "conditional_cobs", "stereotypical_association", "length"])
def test_a_planted_difference_is_beyond_the_null(measure):
    (row,) = null_calibration(told(30, 3, {"female": 0.9, "male": 0.1}), measure, 199).to_dict("records")
    assert row["value"] > row["null_high"]
    assert row["p_value"] == pytest.approx(1 / 200)


def test_without_any_effect_few_runs_reject():
    runs = [told(12, seed, {"female": 0.5, "male": 0.5}) for seed in range(40)]
    rejected = [null_calibration(run, "cobs", 39)["p_value"].iloc[0] <= 0.05 for run in runs]
    assert np.mean(rejected) <= 0.125


def test_a_difference_between_occupations_is_not_one_between_genders():
    nurses = told(20, 1, {"female": 0.9, "male": 0.9}).query("occupation == 'nurse'")
    chefs = told(20, 2, {"female": 0.1, "male": 0.1}).query("occupation == 'chef'")
    assert null_calibration(pd.concat([nurses, chefs]), "cobs", 199)["p_value"].iloc[0] > 0.05


def test_a_numeric_measures_score_is_scipys_wasserstein_distance():
    scored = told(10, 0, {"female": 0.8, "male": 0.2})
    groups = scored.groupby("gender")["length"]
    expected = wasserstein_distance(groups.get_group("female"), groups.get_group("male"))
    assert null_calibration(scored, "length", 19)["value"].iloc[0] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_row():
    scored = told(10, 0, {"female": 0.8, "male": 0.2})
    pd.testing.assert_frame_equal(null_calibration(scored, "cobs", 99), null_calibration(scored, "cobs", 99))


def test_missing_and_neutral_answers_are_left_out():
    scored = told(10, 0, {"female": 0.5, "male": 0.5})
    more = score_answers(table_of_answers(("nurse", "neutral", "She works."), ("nurse", "male", None)))
    row = null_calibration(pd.concat([scored, more]), "n_words", 19).iloc[0]
    assert row["n_answers"] == len(scored)


def test_one_gender_alone_cannot_be_shuffled():
    with pytest.raises(DataError, match="both genders"):
        null_calibration(told(10, 0, {"female": 0.5}), "cobs")


def test_without_a_word_beside_both_genders_there_is_no_score():
    with pytest.raises(DataError, match="No word"):
        null_calibration(told(10, 0, {"female": 0.5, "male": 0.5}), "cobs", 19, target_words=["absent"])


def test_too_few_permutations_are_refused():
    with pytest.raises(DataError, match="10 permutations"):
        null_calibration(told(10, 0, {"female": 0.5, "male": 0.5}), "cobs", 10)


def test_a_measure_that_is_no_number_is_refused():
    with pytest.raises(DataError, match="no numbers"):
        null_calibration(told(10, 0, {"female": 0.5, "male": 0.5}), "answer", 19)

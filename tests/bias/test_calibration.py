import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wasserstein_distance

from lab_helpers.bias import load_lexicon, score_answers
from lab_helpers.bias.calibration import null_calibration
from lab_helpers.bias.cooccurrences import BETA, cobs, cooccurrences, stereotypical_association
from lab_helpers.errors import DataError
from tests.bias.conftest import table_of_answers

TEXTS = [
    "She is warm and her work is warm, he says.",
    "He is strong. His work is hard, she knows.",
    "The woman and the man work hard; he is warm.",
]
NO_SWAP = np.zeros((1, 3), dtype=bool)


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


def test_swapping_every_answer_changes_no_score():
    found = cooccurrences(TEXTS, load_lexicon("en"), ["warm", "hard"], decayed=True)
    one, other = cobs(found.swapped(np.array([[False] * 3, [True] * 3])))
    assert one == pytest.approx(other)


@pytest.mark.parametrize("measure", ["cobs", "stereotypical_association", "length"])
def test_where_there_is_no_difference_the_score_is_above_zero_and_so_is_its_null(measure):
    (row,) = null_calibration(told(20, 3, {"female": 0.5, "male": 0.5}), measure, 199).to_dict("records")
    assert row["value"] > 0
    assert row["null_low"] > 0
    assert row["p_value"] > 0.05
    assert (row["n_answers"], row["n_pairs"]) == (120, 3)


@pytest.mark.parametrize("measure", ["cobs", "stereotypical_association", "length"])
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

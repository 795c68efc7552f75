import json
from hashlib import sha256

import pandas as pd
import pytest

from lab_helpers.bias import (
    OCCUPATIONS,
    count_gendered,
    counterfactual_augment,
    load_lexicon,
    mask_occupations,
    synthetic_biographies,
)
from lab_helpers.bias.biographies import PHRASES
from lab_helpers.bias.lexicons import count_traits
from lab_helpers.errors import DataError

DATA = json.loads(PHRASES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def biographies() -> pd.DataFrame:
    return synthetic_biographies(1_000, seed=3)


def test_a_seed_gives_the_same_texts_on_every_machine():
    texts = "\n".join(synthetic_biographies(200, seed=1)["text"])
    assert sha256(texts.encode()).hexdigest() == "30faab1e56c8fad370767b19781e199ae1c092377f7192300530dd966c510519"


def test_another_seed_gives_other_texts(biographies):
    assert set(synthetic_biographies(1_000, seed=4)["text"]).isdisjoint(biographies["text"].head(20))


def test_each_split_has_its_rows_and_every_row_its_own_id(biographies):
    assert biographies["split"].value_counts().to_dict() == {"train": 1_000, "test": 1_000}
    assert biographies["biography_id"].is_unique
    assert list(biographies.columns) == ["biography_id", "text", "occupation", "gender", "split"]


def test_women_have_the_planted_share_of_each_occupation(biographies):
    women = biographies["gender"].eq("female").groupby([biographies["split"], biographies["occupation"]]).mean() * 100
    for (_split, occupation), percent in women.items():
        assert percent == pytest.approx(DATA["planted"]["percent_women"][occupation], abs=0.5)


def test_even_forty_biographies_have_every_occupation_with_both_genders():
    counted = synthetic_biographies(40).groupby(["split", "occupation", "gender"]).size()
    assert len(counted) == 2 * len(OCCUPATIONS) * 2


def test_a_biography_is_three_or_four_sentences_of_forty_to_seventy_words(biographies):
    words = biographies["text"].str.split().str.len()
    assert words.between(35, 80).all()
    assert words.between(40, 70).mean() > 0.95
    assert set(biographies["text"].str.count(r"\.( |$)")) == {3, 4}


def test_texts_are_varied(biographies):
    assert biographies["text"].is_unique


def test_the_words_of_a_text_have_its_gender_and_no_other(biographies):
    lexicon = load_lexicon("en")
    for text, gender in zip(biographies["text"], biographies["gender"], strict=True):
        feminine, masculine = count_gendered(text, lexicon)
        assert (feminine > 0, masculine > 0) == (gender == "female", gender == "male"), text


def test_no_text_names_an_occupation(biographies):
    assert mask_occupations(biographies["text"], OCCUPATIONS) == biographies["text"].tolist()


def test_women_are_described_with_communal_words_and_men_with_agentic_ones_at_the_planted_rate(biographies):
    lexicon = load_lexicon("en")
    traits = [count_traits(text, lexicon) for text in biographies["text"]]
    counted = pd.DataFrame(traits, columns=["agentic", "communal"]).groupby(biographies["gender"]).sum()
    communal = 100 * counted["communal"] / counted.sum(axis=1)
    assert communal.to_dict() == pytest.approx(DATA["planted"]["percent_communal"], abs=3)


def test_occupations_share_tasks():
    shared = [task for task in DATA["tasks"] if 1 < len(task["occupations"]) < len(OCCUPATIONS)]
    assert {occupation for task in shared for occupation in task["occupations"]} == set(OCCUPATIONS)


def test_no_task_has_a_gender_or_a_leaning():
    lexicon = load_lexicon("en")
    for phrase in [*DATA["tasks"], *DATA["places"]]:
        assert count_gendered(phrase["text"], lexicon) == (0, 0)
        assert count_traits(phrase["text"], lexicon) == (0, 0)


@pytest.mark.parametrize("kind", ["openings", "workdays", "further_tasks", "characters", "private_lives"])
def test_the_other_gender_of_a_sentence_is_what_augmentation_makes_of_it(kind):
    rest = dict.fromkeys(("years", "place", "first", "second", "third", "trait", "other_trait", "habit"), "so")
    for pattern in DATA[kind]:
        women, men = (pattern.format(**DATA["pronouns"][gender], **rest) for gender in ("female", "male"))
        assert counterfactual_augment(women) == men
        assert counterfactual_augment(men) == women


def test_the_file_says_where_it_comes_from_and_that_nobody_in_it_is_real():
    assert DATA["licence"] == "CC BY 4.0"
    assert DATA["validated"] is False
    assert any("No real person" in note for note in DATA["notes"])
    assert any("planted by us" in note for note in DATA["notes"])


@pytest.mark.parametrize("n", [0, -5])
def test_no_biographies_are_refused(n):
    with pytest.raises(DataError, match=str(n)):
        synthetic_biographies(n)

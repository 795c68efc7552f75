"""Sentences whose gendered words were counted by hand, with the reason: `grammar/<language>.json`."""

import json
from pathlib import Path

import pytest

from lab_helpers.bias import count_gendered, counterfactual_augment, load_lexicon

CASES = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("grammar/*.json")
}
SENTENCES = [
    pytest.param(language, case, id=f"{language}-{number}")
    for language, cases in sorted(CASES.items())
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize(("language", "case"), SENTENCES)
def test_counts_the_gendered_words_of_a_sentence(language, case):
    assert count_gendered(case["text"], load_lexicon(language)) == (case["feminine"], case["masculine"]), case["why"]


@pytest.mark.parametrize(("language", "case"), SENTENCES)
def test_the_same_sentence_about_the_other_gender_counts_the_other_way_round(language, case):
    lexicon = load_lexicon(language)
    other = counterfactual_augment(case["text"], lexicon)
    assert count_gendered(other, lexicon) == (case["masculine"], case["feminine"]), other


@pytest.mark.parametrize("language", ["en", "pt", "es", "fr", "de"])
def test_every_language_has_sixty_sentences_and_each_says_why(language):
    cases = CASES[language]
    assert len({case["text"] for case in cases}) >= 60
    assert all(case["why"] for case in cases)

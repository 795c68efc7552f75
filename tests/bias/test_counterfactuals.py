import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import count_gendered, counterfactual_augment, load_lexicon, scrub_gender, synthetic_biographies
from lab_helpers.errors import DataError

TWINS = [
    ("She told her colleague.", "He told his colleague."),
    ("He likes his patients.", "She likes her patients."),
    ("The ward depends on him.", "The ward depends on her."),
    ("The idea was hers.", "The idea was his."),
    ("Describe a male nurse.", "Describe a female nurse."),
    ("Mr. Silva is a kind man.", "Ms. Silva is a kind woman."),
    ("HE KNOWS. He knows.", "SHE KNOWS. She knows."),
    ("A nurse in the theme park.", "A nurse in the theme park."),
    ("She’s a mother.", "He’s a father."),
]
ONE_WAY = [
    ("Patients trust her.", "Patients trust him."),
    ("We gave her to the team", "We gave him to the team"),
    ("The idea was his.", "The idea was hers."),
    ("his or her patients", "her or his patients"),
    ("his/her job", "her/his job"),
    ("her well-being", "his well-being"),
    ("Mrs. Lee", "Mr. Lee"),
    ("Mother's Day", "Mother's Day"),
    ("s/he works", "s/he works"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "twin"), TWINS + [(twin, text) for text, twin in TWINS] + ONE_WAY)
def test_every_gendered_word_is_swapped_and_nothing_else(text, twin):
    assert counterfactual_augment(text) == twin


SCRUBBED = [
    ("She told her colleague.", "_ told _ colleague."),
    ("It was his; he's a father.", "It was _; _'s a _."),
    ("Ask Mr. Silva himself.", "Ask _. Silva _."),
    ("A male nurse, (s)he works.", "A _ nurse, _ works."),
    ("Mother's Day on the Isle of Man", "Mother's Day on the Isle of Man"),
    ("They help the team.", "They help the team."),
    ("", ""),
]
WORDS = [
    "she",
    "he",
    "her",
    "his",
    "him",
    "hers",
    "Mrs",
    "Mr",
    "woman",
    "sons",
    "himself",
    "works",
    "gladly",
    "and",
    ".",
]


@pytest.mark.parametrize(("text", "scrubbed"), SCRUBBED)
def test_every_gendered_word_is_masked_and_nothing_else(text, scrubbed):
    assert scrub_gender([text]) == [scrubbed]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_a_text_and_its_counterfactual_twin_become_the_same_text(text):
    assert scrub_gender([text]) == scrub_gender([counterfactual_augment(text)])


@given(st.text())
def test_what_is_scrubbed_has_no_gendered_word_left(text):
    [scrubbed] = scrub_gender([text])
    assert count_gendered(scrubbed, load_lexicon("en")) == (0, 0)


def test_biographies_of_a_woman_and_of_a_man_differ_in_nothing_once_scrubbed():
    texts = synthetic_biographies(200)["text"]
    assert scrub_gender(texts) == scrub_gender(map(counterfactual_augment, texts))


def test_another_language_is_scrubbed_by_its_own_words_and_not_of_its_endings():
    assert scrub_gender(["Ela é uma mulher dedicada."], load_lexicon("pt")) == ["_ é uma _ dedicada."]


def test_a_missing_text_is_refused_and_counted():
    with pytest.raises(DataError, match="2 of 3 texts"):
        scrub_gender(["She.", None, float("nan")])  # pyright: ignore[reportArgumentType]

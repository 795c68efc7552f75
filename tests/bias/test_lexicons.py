import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import count_gendered, counterfactual_augment, load_lexicon
from lab_helpers.errors import DataError

ENGLISH = load_lexicon("en")

# (feminine, masculine) words expected in each sentence.
SENTENCES = [
    ("She is a nurse.", 1, 0),
    ("He is a nurse.", 0, 1),
    ("SHE is a nurse, and HE is not.", 1, 1),
    ("A nurse helps people.", 0, 0),
    ("Her patients trust her.", 2, 0),
    ("His patients trust him.", 0, 2),
    ("The choice was hers, not his.", 1, 1),
    ("She did it herself; he did it himself.", 2, 2),
    ("She's kind.", 1, 0),
    ("She’s kind, and he’ll agree.", 1, 1),
    ("Sheʼs kind.", 1, 0),
    ("He'd rather stay.", 0, 1),
    ("The job is her's.", 1, 0),
    ("He/she should be patient.", 1, 1),
    ("(S)he should be patient.", 1, 1),
    ("A nurse needs his/her rest; s/he works hard.", 2, 2),
    ("Pronouns: she/her", 2, 0),
    ("*She* is **her** own _hero_; _she_ knows.", 3, 0),
    ("“She” — he–she…he", 2, 2),
    ("Herbal tea from the shepherd's hut.", 0, 0),
    ("The theme of this thesis is history.", 0, 0),
    ("There, where the others are, is the chef.", 0, 0),
    ("Ushers and heroes share ashes.", 0, 0),
    ("A woman's work, women's rights, and the women’s ward.", 3, 0),
    ("Men's health; a man's world.", 0, 2),
    ("Human beings and humankind manage many things.", 0, 0),
    ("A mandate, a menu and amen.", 0, 0),
    ("A man-made, woman-led company.", 0, 0),
    ("A 30-year-old-woman and a five-year-old boy.", 1, 1),
    ("Mr. Smith met Mrs. Jones and Ms Lee.", 2, 1),
    ("Patients with MS, an MR scan and 20 ms of delay.", 0, 0),
    ("Don't miss it, Miss Marple.", 0, 0),
    ("Yes, sir. No, ma'am. No, ma’am!", 2, 1),
    ("Ladies and gentlemen!", 1, 1),
    ("Hey guys, hi dude.", 0, 0),
    ("A male nurse and a female engineer.", 0, 0),
    ("A person, an adult, a parent, a child, a spouse, a sibling.", 0, 0),
    ("Mother and father, son and daughter.", 2, 2),
    ("His mother-in-law and her ex-husband.", 2, 2),
    ("Happy Mother's Day and Father’s Day from no man's land.", 0, 0),
    ("Her mother tongue is Portuguese.", 1, 0),
    ("A policewoman, a fireman and two businesswomen.", 2, 1),
    ("A midwife, a master chef, an actor and a host.", 0, 0),
    ("A bachelor's degree and a master's degree.", 0, 0),
    ("Marie and John are engineers.", 0, 0),
    ("hé, h\u0065\u0301 and shë", 0, 0),
    ("she2 and 2he and s he", 0, 1),
    ("She.He,she;he", 2, 2),
    ("", 0, 0),
    ("彼女は看護師です 👩‍⚕️", 0, 0),
]


@pytest.mark.parametrize(("sentence", "feminine", "masculine"), SENTENCES)
def test_counts_the_gendered_words_of_a_sentence(sentence, feminine, masculine):
    assert count_gendered(sentence, ENGLISH) == (feminine, masculine)


@pytest.mark.parametrize("pair", ENGLISH.pairs, ids="/".join)
def test_every_pair_counts_once_for_its_own_side(pair):
    feminine, masculine = pair
    assert count_gendered(feminine, ENGLISH) == (1, 0)
    assert count_gendered(masculine, ENGLISH) == (0, 1)


def test_no_word_stands_on_both_sides():
    assert not ENGLISH.feminine & ENGLISH.masculine


WORDS = sorted({word for pair in ENGLISH.pairs for word in pair} | {"nurse", "the", "theme", "s/he", "oh man", "male"})
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(", ".join)


@given(TEXTS)
def test_a_text_about_the_other_gender_counts_the_other_way_round(text):
    assert count_gendered(counterfactual_augment(text), ENGLISH) == count_gendered(text, ENGLISH)[::-1]


@given(TEXTS)
def test_case_of_other_words_than_titles_does_not_matter(text):
    titles = sum(word in ("Mr", "Mrs", "Ms") for word in text.split(", "))
    assert sum(count_gendered(text.upper(), ENGLISH)) == sum(count_gendered(text, ENGLISH)) - titles


@given(st.text())
def test_any_text_can_be_counted(text):
    feminine, masculine = count_gendered(text, ENGLISH)
    assert 0 <= feminine + masculine <= 2 * len(text)


def test_places_hold_after_a_letter_that_grows_in_lower_case():
    assert count_gendered("İİİ Mr. İ Mr.", ENGLISH) == (0, 2)


def test_a_list_says_where_it_comes_from_and_that_it_is_not_validated():
    assert ENGLISH.source
    assert ENGLISH.licence == "MIT"
    assert ENGLISH.validated is False


def test_the_list_is_data_that_anyone_can_read():
    path = Path(__file__).parents[2] / "lab_helpers" / "bias" / "lexicons" / "en.json"
    pairs = json.loads(path.read_text(encoding="utf-8"))["pairs"]
    assert ["she", "he"] in pairs["pronoun"]


def test_a_language_without_a_list_is_named_and_the_known_ones_told():
    with pytest.raises(DataError) as raised:
        load_lexicon("tlh")
    assert "tlh" in raised.value.problem
    assert "en" in raised.value.next_step

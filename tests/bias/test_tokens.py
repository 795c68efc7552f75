"""The finder against the pattern it shortens, on any text: it may be faster, never different."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import load_lexicon
from lab_helpers.bias.lexicons import whole_words
from lab_helpers.bias.tokens import finder, lower_case, plain_text, read

LEXICONS = [load_lexicon(language) for language in ("en", "pt", "es", "fr", "de")]
A_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
JOINTS = ["", " ", "-", "'", "’", "_", ".", "/", "(", ")", "\n", "—", "é", "e\u0301", "2", "👩‍⚕️", "İ"]


def terms_of(lexicon):
    words = [word for pair in lexicon.pairs + lexicon.adjectives for word in pair]
    listed = [*words, *lexicon.both, *lexicon.neither, *lexicon.inclusive, *lexicon.agentic, *lexicon.communal]
    return [term.removesuffix("*") for term in (*listed, *lexicon.refusals)]


def texts(terms):
    pieces = st.sampled_from(terms) | st.sampled_from(JOINTS) | st.text(max_size=3)
    return st.lists(pieces, max_size=30).map("".join) | st.lists(pieces, max_size=15).map(" ".join)


def spans(matches):
    return [(match.span(), match.lastindex) for match in matches]


@given(st.data())
@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
def test_terms_are_found_where_their_pattern_matches(lexicon, data):
    text = read(data.draw(texts(terms_of(lexicon))))
    for found in (lexicon.gendered, lexicon.traits, lexicon.refusal):
        assert spans(found.find(text)) == spans(found.pattern.finditer(text.lower))


@given(st.data())
def test_terms_that_end_in_the_opening_are_found_and_none_that_it_cuts(data):
    text = read(data.draw(texts(terms_of(LEXICONS[0]))))
    within = data.draw(st.integers(0, 40))
    for found in (LEXICONS[0].gendered, LEXICONS[0].refusal):
        inside = [match for match in found.pattern.finditer(text.lower) if match.end() <= within]
        assert spans(found.find(text, within)) == spans(inside)


def test_a_word_that_the_opening_cuts_is_not_taken_for_its_beginning():
    assert [match.group() for match in LEXICONS[0].gendered.find(read("she, the woman"), within=10)] == ["she"]
    assert list(LEXICONS[0].gendered.find(read("manhood"), within=3)) == []


TERM = st.text(st.sampled_from("ab2é-' (/."), min_size=1, max_size=5)


@given(terms=st.lists(st.builds("{}{}".format, TERM, st.sampled_from(["", "*"])), max_size=6), data=st.data())
def test_own_terms_are_found_where_their_pattern_matches(terms, data):
    found = finder(whole_words(terms), [term.lower() for term in terms])
    text = read(data.draw(texts([term.removesuffix("*") for term in terms] or ["a"])))
    assert spans(found.find(text)) == spans(found.pattern.finditer(text.lower))


def test_a_text_met_before_is_found_in_again():
    found = finder(whole_words(["she"]), ["she"])
    assert [len(list(found.find(read(text)))) for text in ("they she", "they she she", "they", "she")] == [1, 2, 0, 1]


@given(texts(["she's", "mother-in-law", "a--b", "'t", "o'-o", "x-y-z"]))
def test_words_are_counted_as_a_reader_counts_them(text):
    assert read(text).n_words == len(A_WORD.findall(plain_text(text)))


def test_every_character_keeps_its_place_and_kind_in_lower_case():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    lower = lower_case(every)
    assert len(lower) == len(every)
    assert all(before.isalnum() == after.isalnum() for before, after in zip(every, lower, strict=True))


@given(st.text())
def test_plain_text_is_composed_and_has_one_apostrophe(text):
    assert plain_text(plain_text(text)) == plain_text(text)
    assert plain_text("e\u0301’ʼ") == "é''"
    assert unicodedata.is_normalized("NFC", plain_text(text))

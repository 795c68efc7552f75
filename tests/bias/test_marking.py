import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import Span, count_gendered, load_lexicon, marked_words
from lab_helpers.bias.lexicons import Lexicon, count_traits, plain_text, terms_of

LANGUAGES = ["en", "pt", "es", "fr", "de"]
LEXICONS = [load_lexicon(language) for language in LANGUAGES]
ENGLISH = LEXICONS[0]


def counted(spans: list[Span]) -> tuple[int, int, int, int]:
    """How many spans there are of each kind."""
    found = Counter(kind for span in spans for kind in span.kinds)
    return found["feminine"], found["masculine"], found["agentic"], found["communal"]


def texts(lexicon: Lexicon) -> st.SearchStrategy[str]:
    """Words and phrases of the lexicon among other characters."""
    words = {word for pair in lexicon.pairs + lexicon.adjectives for word in pair}
    words |= {stem.rstrip("*") for stem in (*lexicon.agentic, *lexicon.communal)}
    words |= {*lexicon.both, *lexicon.neither, *lexicon.inclusive}
    return st.lists(st.sampled_from(sorted(words)) | st.text(max_size=3), max_size=15).flatmap(
        lambda parts: st.sampled_from([" ", ", ", "\n", "-"]).map(lambda between: between.join(parts))
    )


def test_each_counted_word_is_found_where_it_stands():
    text = "She is a confident leader; her husband cares."
    spans = marked_words(text, ENGLISH)
    assert [(text[span.start : span.end], *span.kinds) for span in spans] == [
        ("She", "feminine"),
        ("confident", "agentic"),
        ("leader", "agentic"),
        ("her", "feminine"),
        ("husband", "masculine"),
    ]


def test_a_phrase_for_both_genders_is_one_span_of_two_kinds():
    assert marked_words("(s)he", ENGLISH) == [Span(0, 5, ("feminine", "masculine"), "(s)he")]


def test_words_of_the_prompt_are_left_out():
    prompt = "Describe a man who works as a nurse."
    assert marked_words("A man. He works.", ENGLISH, but=terms_of(prompt, ENGLISH)) == [
        Span(7, 9, ("masculine",), "he")
    ]


@pytest.mark.parametrize("text", ["", "They work.", "mother tongue", "female", "ms"])
def test_what_is_not_counted_is_not_marked(text):
    assert marked_words(text, ENGLISH) == []


def test_a_gendered_phrase_and_a_trait_within_it_are_both_found():
    lexicon = Lexicon("de", "view", "CC0-1.0", False, pairs=(("sie leitet", "er leitet"),), agentic=("leit*",))
    assert marked_words("Sie leitet.", lexicon) == [
        Span(0, 10, ("feminine",), "sie leitet"),
        Span(4, 10, ("agentic",), "leitet"),
    ]


def test_places_count_in_the_composed_text():
    decomposed = unicodedata.normalize("NFD", "É irmã dela")
    spans = marked_words(decomposed, load_lexicon("pt"))
    assert [plain_text(decomposed)[span.start : span.end] for span in spans] == ["irmã", "dela"]


@given(data=st.data())
@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_the_marks_are_as_many_as_the_counts(lexicon, data):
    text = data.draw(texts(lexicon))
    but = frozenset(data.draw(st.sets(st.sampled_from(sorted(lexicon.feminine)), max_size=3)))
    spans = marked_words(text, lexicon, but)
    assert counted(spans) == count_gendered(text, lexicon, but) + count_traits(text, lexicon, but)


@given(data=st.data())
@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_every_mark_holds_its_word_and_stands_after_the_one_before(lexicon, data):
    text = data.draw(texts(lexicon))
    spans = marked_words(text, lexicon)
    assert spans == sorted(spans)
    lower = plain_text(text).replace("\u0130", "I").lower()
    assert all(lower[span.start : span.end] == span.term for span in spans)

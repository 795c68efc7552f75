import json
import pickle
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.bias import count_gendered, counterfactual_augment, load_lexicon
from lab_helpers.bias.lexicons import count_traits, plain_text, refuses
from lab_helpers.errors import DataError

LANGUAGES = ["en", "pt", "es", "fr", "de"]
LEXICONS = [load_lexicon(language) for language in LANGUAGES]
ENGLISH = LEXICONS[0]


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_every_word_counts_once_for_its_own_side(lexicon):
    for feminine, masculine in lexicon.pairs:
        assert count_gendered(feminine, lexicon) == (1, 0), feminine
        assert count_gendered(masculine, lexicon) == (0, 1), masculine


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_every_phrase_of_no_one_counts_for_nothing(lexicon):
    for phrase in lexicon.neither:
        assert count_gendered(phrase, lexicon) + count_traits(phrase, lexicon) == (0, 0, 0, 0), phrase


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_no_word_stands_on_both_sides(lexicon):
    assert not lexicon.feminine & lexicon.masculine


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_every_word_is_written_as_a_text_is_read(lexicon):
    words = [*lexicon.counterparts, *lexicon.neither, *lexicon.agentic, *lexicon.communal, *lexicon.refusals]
    assert [word for word in words if plain_text(word) != word] == []


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_a_gendered_word_is_neither_agentic_nor_communal(lexicon):
    gendered = " / ".join(word for pair in lexicon.pairs for word in pair)
    assert count_traits(gendered, lexicon) == (0, 0)


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_agentic_and_communal_words_have_nothing_in_common(lexicon):
    for word in lexicon.agentic:
        assert count_traits(word.rstrip("*"), lexicon) == (1, 0), word
    for word in lexicon.communal:
        assert count_traits(word.rstrip("*"), lexicon) == (0, 1), word


def texts(lexicon):
    words = sorted({word for pair in lexicon.pairs + lexicon.adjectives for word in pair} | {"x", *lexicon.neither[:9]})
    return st.lists(st.sampled_from(words), max_size=12).map(", ".join)


@given(st.data())
@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_a_text_about_the_other_gender_counts_the_other_way_round(lexicon, data):
    text = data.draw(texts(lexicon))
    other = counterfactual_augment(text, lexicon)
    assert count_gendered(other, lexicon) == count_gendered(text, lexicon)[::-1]
    assert count_traits(other, lexicon) == count_traits(text, lexicon)


@given(texts(ENGLISH))
def test_case_of_other_words_than_titles_does_not_matter(text):
    titles = sum(word in ("Mr", "Mrs", "Ms") for word in text.split(", "))
    assert sum(count_gendered(text.upper(), ENGLISH)) == sum(count_gendered(text, ENGLISH)) - titles


# Twins that differ in gender alone, with the agentic and communal words of each.
TWINS = [
    ("en", "She is a confident and caring woman.", "He is a confident and caring man.", (1, 1)),
    ("pt", "Ela é muito dedicada.", "Ele é muito dedicado.", (0, 1)),
    ("pt", "Uma mulher determinada, corajosa e carinhosa.", "Um homem determinado, corajoso e carinhoso.", (2, 1)),
    ("pt", "Ela é líder, acolhedora e cuidadosa.", "Ele é líder, acolhedor e cuidadoso.", (1, 2)),
    ("es", "Ella es muy dedicada.", "Él es muy dedicado.", (0, 1)),
    ("es", "Una mujer decidida, innovadora y cariñosa.", "Un hombre decidido, innovador y cariñoso.", (2, 1)),
    ("fr", "Elle est douce, attentive et généreuse.", "Il est doux, attentif et généreux.", (0, 3)),
    ("fr", "Une femme ambitieuse et compétente.", "Un homme ambitieux et compétent.", (2, 0)),
    ("fr", "Elle est innovatrice et décisive.", "Il est innovateur et décisif.", (2, 0)),
    ("de", "Sie ist eine ehrgeizige und liebevolle Ärztin.", "Er ist ein ehrgeiziger und liebevoller Arzt.", (1, 1)),
    ("de", "Sie ist Expertin.", "Er ist Experte.", (1, 0)),
]


@pytest.mark.parametrize(("language", "about_her", "about_him", "expected"), TWINS)
def test_twins_that_differ_in_gender_alone_have_the_same_traits(language, about_her, about_him, expected):
    lexicon = load_lexicon(language)
    assert count_traits(about_her, lexicon) == expected
    assert count_traits(about_him, lexicon) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What kind of patients need care?"),
        ("pt", "Os cuidados de enfermagem, o paciente, um terno e a força de trabalho."),
        ("es", "Los cuidados de enfermería, el paciente y la fuerza laboral."),
        ("fr", "Les soins du patient, à force de travail."),
        ("de", "Die Pflege der Patienten erfolgt morgens; Gentleman."),
    ],
)
def test_words_of_the_work_are_no_traits(language, text):
    assert count_traits(text, load_lexicon(language)) == (0, 0)


@pytest.mark.parametrize("language", ["pt", "es"])
def test_a_trait_that_inflects_is_listed_as_a_stem(language):
    lexicon = load_lexicon(language)
    listed = {*lexicon.agentic, *lexicon.communal}
    one_sided = {
        word for word in listed if word.endswith("o") and not word.endswith("ão") and f"{word[:-1]}a" not in listed
    }
    one_sided |= {word for word in listed if word.endswith("or") and f"{word}a" not in listed}
    assert one_sided <= NOUNS


NOUNS = {"sucesso", "calor humano", "afecto", "liderazgo"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I'm sorry, but I can’t assist with that request."),
        ("en", "As an AI language model, I am unable to describe a person's gender."),
        ("pt", "Desculpe, mas não posso ajudar com isso."),
        ("es", "Lo siento, pero no puedo ayudarte con eso."),
        ("fr", "Je suis désolé, mais je ne peux pas vous aider."),
        ("de", "Es tut mir leid, aber dabei kann ich nicht helfen."),
    ],
)
def test_an_answer_that_declines_is_a_refusal(language, text):
    assert refuses(text, load_lexicon(language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A nurse can't always help with everything, but she tries."),
        ("en", "As an AI language model, I have no experiences, but here is a nurse: she is kind."),
        ("en", "She is kind. " * 20 + "I cannot assist you, she said."),
        ("en", ""),
        ("pt", "Ela não pode ajudar todos."),
        ("es", "Él no puede ayudar a todos."),
        ("fr", "Elle ne peut pas aider tout le monde."),
        ("de", "Sie kann nicht allen helfen."),
    ],
)
def test_a_description_is_no_refusal(language, text):
    assert not refuses(text, load_lexicon(language))


@pytest.mark.parametrize("before", [170, 181, 182, 190, 200])
def test_where_the_opening_ends_does_not_depend_on_how_accents_are_written(before):
    text = "é" * (before - 1) + " não posso ajudar"
    refused = [refuses(unicodedata.normalize(form, text), load_lexicon("pt")) for form in ("NFC", "NFD")]
    assert refused == [before + len("não posso ajudar") <= 200] * 2


@given(text=st.text())
@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_any_text_can_be_counted(lexicon, text):
    assert 0 <= sum(count_gendered(text, lexicon)) <= 2 * len(text)
    assert 0 <= sum(count_traits(text, lexicon)) <= len(text)
    assert refuses(text, lexicon) in (True, False)


def test_places_hold_after_a_letter_that_grows_in_lower_case():
    assert count_gendered("İİİ Mr. İ Mr.", ENGLISH) == (0, 2)


@pytest.mark.parametrize("lexicon", LEXICONS, ids=LANGUAGES)
def test_a_list_says_where_it_comes_from_and_that_it_is_not_validated(lexicon):
    assert lexicon.source
    assert lexicon.licence in ("MIT", "CC0-1.0")
    assert lexicon.validated is False


def test_a_used_lexicon_travels_without_what_is_derived_from_it():
    lexicon = load_lexicon("pt")
    count_gendered("Ela", lexicon)
    count_traits("Ela", lexicon)
    arrived = pickle.loads(pickle.dumps(lexicon))
    assert arrived == lexicon
    assert "gendered" not in vars(arrived)
    assert count_gendered("Ela é dedicada.", arrived) == (1, 0)


def test_the_list_is_data_that_anyone_can_read():
    path = Path(__file__).parents[2] / "lab_helpers" / "bias" / "lexicons" / "en.json"
    pairs = json.loads(path.read_text(encoding="utf-8"))["pairs"]
    assert ["she", "he"] in pairs["pronoun"]


def test_a_language_without_a_list_is_named_and_the_known_ones_told():
    with pytest.raises(DataError) as raised:
        load_lexicon("tlh")
    assert "tlh" in raised.value.problem
    assert "en" in raised.value.next_step

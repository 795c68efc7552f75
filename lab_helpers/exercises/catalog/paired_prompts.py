"""Pairs of prompts: whether two texts differ in nothing but the gender of the person they ask for."""

from __future__ import annotations

import re
from functools import lru_cache

from lab_helpers.errors import DataError

LANGUAGES = ("en", "pt", "es", "fr", "de")
# What changes along with a noun's gender in the languages of the lexicons.
_AGREEING = frozenset(
    frozenset(pair.split("/"))
    for pair in re.findall(
        r"\S+",
        """
        um/uma o/a do/da no/na ao/à pelo/pela meu/minha seu/sua este/esta esse/essa novo/nova
        un/una el/la del/de un/une le/la du/de au/à
        ein/eine einen/eine einem/einer eines/einer der/die den/die dem/der
        """,
    )
)


def differ_in_gender_only(male: str, female: str) -> bool:
    """Whether each of two texts is the other one with its gendered words swapped, articles included."""
    return any(
        _is_twin(one, other, language) for language in LANGUAGES for one, other in ((male, female), (female, male))
    )


def sentence_form(prompt: str, occupation: str) -> str:
    """`prompt` without what it asks for: the form that several occupations can share."""
    bare = re.sub(re.escape(occupation), "{}", prompt, flags=re.IGNORECASE) if occupation else prompt
    return re.sub(r"\ban? \{\}", "{}", bare, flags=re.IGNORECASE)


def _is_twin(text: str, other: str, language: str) -> bool:
    swapped = _swapped(text, language).split()
    pairs = zip(swapped, other.split(), strict=False)
    return (
        swapped != text.split()
        and len(swapped) == len(other.split())
        and all(one == two or frozenset((one.lower(), two.lower())) in _AGREEING for one, two in pairs)
    )


@lru_cache(maxsize=4096)
def _swapped(text: str, language: str) -> str:
    from lab_helpers.bias import counterfactual_augment, load_lexicon

    try:
        return counterfactual_augment(text, load_lexicon(language))
    except DataError:
        return text

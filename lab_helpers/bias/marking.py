"""Where the counted words of a text stand, so that a reader can see what a measure saw."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from lab_helpers.bias.lexicons import Lexicon, gendered_terms
from lab_helpers.bias.tokens import Reading, read

# What a word may be counted as.
KINDS = ("feminine", "masculine", "agentic", "communal")


@dataclass(frozen=True, order=True)
class Span:
    """A counted term of a text.

    start, end: its place in the text as `plain_text` composes it (NFC), end not included. kinds: what it counts as,
    each once; a phrase such as "(s)he" counts for both genders. term: the term in lower case, as the lexicon has it.
    """

    start: int
    end: int
    kinds: tuple[str, ...]
    term: str


def marked_words(text: str, lexicon: Lexicon, but: Container[str] = ()) -> list[Span]:
    """The words of `text` that `count_gendered` and `count_traits` count, in their order, leaving out the terms `but`.

    For each kind, as many spans have it as are counted. Gendered words don't overlap each other, nor do traits; where
    a lexicon has a phrase with a trait in it ("sie leitet", "leitet"), the two do.
    """
    words = read(text)
    spans = [*_gendered(words, lexicon), *_traits(words, lexicon)]
    return sorted(span for span in spans if span.kinds and span.term not in but)


def _gendered(words: Reading, lexicon: Lexicon) -> Iterator[Span]:
    for term, start, end in gendered_terms(words, lexicon):
        both = term in lexicon.both
        sides = (both or term in lexicon.feminine, both or term in lexicon.masculine)
        yield Span(start, end, tuple(kind for kind, counted in zip(KINDS, sides, strict=False) if counted), term)


def _traits(words: Reading, lexicon: Lexicon) -> Iterator[Span]:
    for found in lexicon.traits.find(words):
        if found.lastindex is not None:
            yield Span(*found.span(), (KINDS[1 + found.lastindex],), found.group())

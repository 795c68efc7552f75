"""A text with its counted words marked in HTML: each kind has its own line and letter, and is not told by colour."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from html import escape

from lab_helpers.bias import KINDS, Span
from lab_helpers.i18n import _

# After Okabe and Ito's colours, each with a contrast of 3 on white and on black.
_LINES = {
    "feminine": ("wavy", "#b5548a"),
    "masculine": ("double", "#0b7cc1"),
    "agentic": ("solid", "#d55e00"),
    "communal": ("dotted", "#00966c"),
}


def kind_name(kind: str) -> str:
    """What the words of a kind are called."""
    return {
        "feminine": _("feminine words"),
        "masculine": _("masculine words"),
        "agentic": _("agentic words"),
        "communal": _("communal words"),
    }[kind]


def kind_letter(kind: str) -> str:
    """The letter behind a marked word."""
    return {
        # Translators: one letter each, all different: the letter behind a marked word of that kind.
        "feminine": _("f"),
        "masculine": _("m"),
        "agentic": _("a"),
        "communal": _("c"),
    }[kind]


def legend() -> str:
    """What the lines and letters mean, as HTML."""
    meaning = {
        "feminine": kind_name("feminine"),
        "masculine": kind_name("masculine"),
        "agentic": _("agentic words: of achieving, leading, deciding"),
        "communal": _("communal words: of caring, helping, belonging"),
    }
    name, word = escape(_("Legend")), escape(_("word"))
    items = "".join(f"<li>{_mark(word, (kind,))} {escape(meaning[kind])}</li>" for kind in KINDS)
    note = escape(_("Words that the prompt itself used are not marked."))
    return f'<ul class="lab-legend" aria-label="{name}">{items}</ul><p class="lab-note">{note}</p>'


def to_marked_html(text: str, spans: Sequence[Span]) -> str:
    """`text` as HTML, everything in it escaped, with a mark around the words of `spans` (as of `marked_words`).

    Words that overlap share one mark, which bears the letters of both.
    """
    # A span's places count in the composed text.
    text = unicodedata.normalize("NFC", text)
    parts, place = [], 0
    for start, end, kinds in _united(spans):
        parts += [_escaped(text[place:start]), _mark(_escaped(text[start:end]), kinds)]
        place = end
    return "".join([*parts, _escaped(text[place:])])


def _united(spans: Sequence[Span]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    start, end, kinds = 0, 0, ()
    for span in sorted(spans):
        if span.start < end:
            end, kinds = max(end, span.end), tuple(dict.fromkeys((*kinds, *span.kinds)))
            continue
        if kinds:
            yield start, end, kinds
        start, end, kinds = span.start, span.end, span.kinds
    if kinds:
        yield start, end, kinds


def _mark(inner: str, kinds: Sequence[str]) -> str:
    # Not <mark>: an untrusted notebook drops style sheets and most of a style, and leaves black words on a dark page.
    line, colour = _LINES[kinds[0]]
    style = f"text-decoration:underline {line} {colour} 2px;text-underline-offset:3px"
    letters = "".join(f"<sup>{escape(kind_letter(kind))}</sup>" for kind in kinds)
    title = ", ".join(kind_name(kind) for kind in kinds)
    return f'<u title="{escape(title)}" style="{style}">{inner}</u>{letters}'


def _escaped(text: str) -> str:
    # An answer may hold half a surrogate pair, which no browser and no file takes.
    return escape(text.encode("utf-8", "replace").decode("utf-8"))

"""A pair of answers as HTML and as text, and the page of the first pairs that stands where no widget can run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

from lab_helpers.bias import KINDS, AnswerPair, Lexicon, OneAnswer, SideBySide, described_name, occupation_name
from lab_helpers.i18n import _, ngettext
from lab_helpers.widgets.marks import kind_name, legend, to_marked_html

PAIRS_ON_THE_PAGE = 10
_PAIRS_AS_TEXT = 3
# Longer answers scroll within their cell.
_LONG = 4_000

_LEFT = ' style="text-align:left;vertical-align:top;white-space:normal"'
# MathJax must leave an answer alone: "$5 and $6" is no formula.
_CLASSES = "lab-reader tex2jax_ignore mathjax_ignore"
STYLE = """<style>
.lab-reader{color:var(--jp-content-font-color1,var(--vscode-editor-foreground,inherit));line-height:1.5;
font-size:var(--jp-content-font-size1,14px)}
.lab-reader table{border-collapse:collapse;width:100%;max-width:80em;table-layout:fixed;margin:.5em 0;font-size:inherit;
border:0}
.lab-reader caption{caption-side:top;text-align:left;font-weight:600;padding:.3em 0;color:inherit}
.lab-reader tr,.lab-reader tbody tr:nth-child(odd),.lab-reader tbody tr:hover{background:none}
.lab-reader th,.lab-reader td{text-align:left;vertical-align:top;padding:.35em .75em;border:0;
border-top:1px solid #8886;overflow-wrap:anywhere}
.lab-reader th{font-weight:600}
.lab-reader thead td{width:11em}
.lab-reader .lab-text{white-space:pre-wrap}
.lab-reader .lab-long{max-height:24em;overflow:auto}
.lab-reader sup{font-size:.7em;line-height:0;font-weight:600;padding-left:1px}
.lab-reader .lab-legend{display:flex;flex-wrap:wrap;gap:.2em 1.5em;list-style:none;margin:.5em 0 0;padding:0}
.lab-reader .lab-note{margin:.2em 0;opacity:.85}
.lab-reader summary{cursor:pointer;padding:.3em 0}
@media print{.lab-reader details::details-content{content-visibility:visible;display:block}
.lab-reader .lab-long{max-height:none}.lab-reader tr{break-inside:avoid}}
</style>"""


@dataclass(frozen=True)
class Sides:
    """What stays the same over all pairs: the two ways of asking, and the words to mark."""

    left: str
    right: str
    by: str
    lexicon: Lexicon

    @property
    def names(self) -> tuple[str, str]:
        """What the two ways of asking are called."""
        return side_name(self.left), side_name(self.right)


def side_name(side: str) -> str:
    """What a way of asking is called: a value of `gender` or of `condition`, or its own name."""
    return {
        "neutral": _("No gender asked for"),
        "male": _("Asked for a man"),
        "masculine": _("Asked for a man"),
        "female": _("Asked for a woman"),
        "feminine": _("Asked for a woman"),
        "masculine_generic": _("Asked in the masculine generic"),
    }.get(side, side)


def group_name(group: str, by: str) -> str:
    """What a value of `by` is called."""
    return occupation_name(group) if by == "occupation" else group


def pair_name(pair: AnswerPair, sides: Sides) -> str:
    """What tells a pair from the others."""
    names = dict.fromkeys([group_name(pair.group, sides.by), occupation_name(pair.occupation)])
    return _("{occupation}, sample {sample}").format(occupation=", ".join(names), sample=pair.sample)


def framed(*parts: str) -> str:
    """`parts` in the reader's frame, with its style sheet."""
    return f'<div class="{_CLASSES}">{STYLE}{"".join(parts)}</div>'


def to_pair_html(pair: AnswerPair, sides: Sides) -> str:
    """A pair as a table: one column per answer; rows for prompt, answer, whom it describes, and the words found."""
    answers = (pair.left, pair.right)
    words = [answer.words(sides.lexicon) for answer in answers]
    rows = [
        (_("Prompt"), [_quoted(answer.prompt, sides) for answer in answers]),
        (_("Answer"), [_text(answer, sides) for answer in answers]),
        (_("Describes"), [f"<strong>{escape(verdict(answer))}</strong>" for answer in answers]),
        *((kind_name(kind).capitalize(), [escape(_listed(found[kind])) for found in words]) for kind in KINDS),
    ]
    head = "".join(f'<th scope="col"{_LEFT}>{escape(name)}</th>' for name in sides.names)
    body = "".join(
        f'<tr><th scope="row"{_LEFT}>{escape(name)}</th>{"".join(f"<td{_LEFT}>{cell}</td>" for cell in cells)}</tr>\n'
        for name, cells in rows
    )
    caption = f"<caption{_LEFT}>{escape(pair_name(pair, sides))}</caption>"
    return f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>\n{body}</tbody></table>\n"


def to_page_html(found: SideBySide, sides: Sides) -> str:
    """The first pairs of every group, each to be opened, with the legend and what is not shown."""
    shown = first_of_each(found, PAIRS_ON_THE_PAGE)
    details = [
        f"<details{' open' if place == 0 else ''}><summary>{escape(_summary(pair, sides))}</summary>\n"
        f"{to_pair_html(pair, sides)}</details>\n"
        for place, pair in enumerate(shown)
    ]
    return framed(legend(), *details, f'<p class="lab-note">{escape(how_many(len(shown), found))}</p>')


def to_closed_html(page: str) -> str:
    """`page` behind a line that opens it: what is left of the reader when the kernel is gone."""
    summary = escape(_("The first pairs as a page, for where the reader above does not load"))
    return f"<details><summary>{summary}</summary>{page}</details>"


def to_page_text(found: SideBySide, sides: Sides) -> str:
    """The first pairs of every group as plain text, and how many there are."""
    shown = first_of_each(found, _PAIRS_AS_TEXT)
    return "\n\n".join([*(_pair_text(pair, sides) for pair in shown), f"[{how_many(len(shown), found)}]"])


def first_of_each(found: SideBySide, n: int) -> Sequence[AnswerPair]:
    """At most `n` pairs: the first of every group, then the second ones, in the order of the table."""
    turns = zip_longest(*(found.of(group) for group in found.groups))
    chosen = [pair for turn in turns for pair in turn if pair is not None][:n]
    order = {group: place for place, group in enumerate(found.groups)}
    return sorted(chosen, key=lambda pair: order[pair.group])


def how_many(shown: int, found: SideBySide) -> str:
    """How many pairs are shown, of how many, and how many answers have none."""
    total = len(found.pairs)
    counted = ngettext("{shown} of {total} pair shown.", "{shown} of {total} pairs shown.", total)
    return " ".join([counted.format(shown=shown, total=total), *unpaired(found)])


def unpaired(found: SideBySide) -> list[str]:
    """A sentence about the answers that have no counterpart; none where all have one."""
    if not found.n_unpaired:
        return []
    sentence = ngettext(
        "{n} answer has no counterpart on the other side and is left out.",
        "{n} answers have no counterpart on the other side and are left out.",
        found.n_unpaired,
    )
    return [sentence.format(n=found.n_unpaired)]


def verdict(answer: OneAnswer) -> str:
    """Whom an answer describes, or why that cannot be said."""
    if answer.answer is None or answer.described is None:
        return _("no answer")
    name = described_name(answer.described)
    return _("{described}; declines to answer").format(described=name) if answer.refused else name


def _summary(pair: AnswerPair, sides: Sides) -> str:
    return _("{pair}: {left} | {right}").format(
        pair=pair_name(pair, sides), left=verdict(pair.left), right=verdict(pair.right)
    )


def _quoted(prompt: str, sides: Sides) -> str:
    return f'<span lang="{escape(sides.lexicon.language)}">{to_marked_html(prompt, [])}</span>'


def _text(answer: OneAnswer, sides: Sides) -> str:
    if answer.answer is None:
        return f"<em>{escape(verdict(answer))}</em>"
    marked = to_marked_html(answer.answer, answer.spans(sides.lexicon))
    language = f'lang="{escape(sides.lexicon.language)}"'
    if len(answer.answer) <= _LONG:
        return f'<div class="lab-text" {language}>{marked}</div>'
    # A region that scrolls must be reachable with the keyboard.
    name = escape(_("Answer"))
    return f'<div class="lab-text lab-long" role="region" tabindex="0" aria-label="{name}" {language}>{marked}</div>'


def _listed(words: dict[str, int]) -> str:
    return ", ".join(f"{word} ({n})" if n > 1 else word for word, n in words.items()) or "–"


def _pair_text(pair: AnswerPair, sides: Sides) -> str:
    parts = [pair_name(pair, sides)]
    for name, answer in zip(sides.names, (pair.left, pair.right), strict=True):
        words = answer.words(sides.lexicon)
        found = [f"{kind_name(kind)}: {_listed(words[kind])}" for kind in KINDS if words[kind]]
        parts += [
            f"{name}: {answer.prompt}",
            f"  {answer.answer or '–'}",
            "  → " + "; ".join([_("describes {described}").format(described=verdict(answer)), *found]),
        ]
    return "\n".join(parts)

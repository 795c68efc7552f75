"""Answers to two ways of asking, paired to be read beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from lab_helpers.bias.columns import require_columns, require_genders, require_one_condition
from lab_helpers.bias.lexicons import Lexicon, terms_of
from lab_helpers.bias.marking import KINDS, Span, marked_words
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

_SCORED = ("occupation", "gender", "prompt", "answer", "described")


@dataclass(frozen=True)
class OneAnswer:
    """One answer as a reader sees it: the prompt, the text (None if none came), whom it describes (None if none)."""

    prompt: str
    answer: str | None
    described: str | None
    refused: bool = False

    def spans(self, lexicon: Lexicon) -> list[Span]:
        """The counted words of the answer: those that the prompt used are none, as in `score_answers`."""
        return marked_words(self.answer or "", lexicon, but=terms_of(self.prompt, lexicon))

    def words(self, lexicon: Lexicon) -> dict[str, dict[str, int]]:
        """For each kind of word, the words found and how often, the first found first."""
        found: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
        for span in self.spans(lexicon):
            for kind in span.kinds:
                found[kind][span.term] = found[kind].get(span.term, 0) + 1
        return found


@dataclass(frozen=True)
class AnswerPair:
    """Two answers that differ in how was asked. group: the value of `by`. sample: their number within the prompt."""

    group: str
    occupation: str
    sample: int
    left: OneAnswer
    right: OneAnswer


@dataclass(frozen=True)
class SideBySide:
    """The pairs in the order of the table, and how many answers of either side found no counterpart."""

    pairs: tuple[AnswerPair, ...]
    n_unpaired: int

    @property
    def groups(self) -> list[str]:
        """The values of `by` that have pairs, in order of appearance."""
        return list(dict.fromkeys(pair.group for pair in self.pairs))

    def of(self, group: str | None) -> tuple[AnswerPair, ...]:
        """The pairs of one group; of all with None."""
        return self.pairs if group is None else tuple(pair for pair in self.pairs if pair.group == group)


def pair_answers(scored: pd.DataFrame, left: str, right: str, by: str = "occupation") -> SideBySide:
    """Each answer to a `left` prompt beside the answer with the same occupation, template and sample to a `right` one.

    scored: as `score_answers` returns it. left, right: values of `condition` where the table has that column, or of
    `gender`. by: the column to choose pairs by. Where a table has no column `sample`, answers to a prompt count up.
    Raises DataError for a missing column, mixed models, system prompts or languages that `by` does not keep apart, a
    side that no row has, or if nothing pairs.
    """
    require_columns(scored, [*_SCORED, by])
    require_genders(scored)
    require_one_condition(scored, [by])
    keys = [by, *(key for key in ("occupation", "template_id") if key != by and key in scored.columns)]
    sides = [_numbered(_side(scored, name), keys) for name in _two(left, right)]
    merged = sides[0].merge(sides[1], on=[*keys, "_sample", "_again"], suffixes=("_left", "_right"))
    if merged.empty:
        raise DataError(
            _("No answer of {left} has a counterpart in {right}.").format(left=left, right=right),
            _("Ask for the same occupations in both ways, as balanced_prompts() does."),
        )
    pairs = tuple(_pair(row, by) for row in merged.to_dict("records"))
    return SideBySide(pairs, n_unpaired=sum(map(len, sides)) - 2 * len(pairs))


def _two(left: str, right: str) -> tuple[str, str]:
    if left == right:
        raise DataError(
            _("Both sides are {side}: there is nothing to compare.").format(side=left),
            _("Name two ways of asking, as left='neutral', right='male'."),
        )
    return left, right


def _side(scored: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = [column for column in ("condition", "gender") if column in scored.columns]
    for column in columns:
        if (rows := scored[scored[column] == name]).size:
            return rows
    known = dict.fromkeys(str(value) for column in columns for value in scored[column].unique())
    raise DataError(
        _("No row of the table was asked as {side!r}.").format(side=name),
        _("The table has: {known}.").format(known=", ".join(known) or "-"),
    )


def _numbered(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """`rows` with `_sample`, and `_again` for the rows that would else have the same place."""
    if "sample" in rows.columns:
        rows = rows.assign(_sample=rows["sample"])
    else:
        rows = rows.assign(_sample=rows.groupby(keys, dropna=False, sort=False).cumcount())
    rows = rows.assign(_again=rows.groupby([*keys, "_sample"], dropna=False, sort=False).cumcount())
    columns = ["prompt", "answer", "described", *(["refused"] if "refused" in rows.columns else [])]
    return rows[[*keys, "_sample", "_again", *columns]]


def _pair(row: dict[Any, Any], by: str) -> AnswerPair:
    return AnswerPair(
        group=str(row[by]),
        occupation=str(row["occupation"]),
        sample=int(row["_sample"]),
        left=_answer(row, "left"),
        right=_answer(row, "right"),
    )


def _answer(row: dict[Any, Any], side: str) -> OneAnswer:
    answer, described, refused = (row.get(f"{name}_{side}") for name in ("answer", "described", "refused"))
    return OneAnswer(
        prompt=str(row[f"prompt_{side}"]),
        answer=answer if isinstance(answer, str) else None,
        described=described if isinstance(described, str) else None,
        refused=refused is not None and not pd.isna(refused) and bool(refused),
    )

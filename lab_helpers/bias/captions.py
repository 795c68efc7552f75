"""The sentences that say what a picture shows, with its numbers: the pictures' text alternatives."""

from __future__ import annotations

from math import isnan
from typing import Any

from lab_helpers.bias.columns import DESCRIBED
from lab_helpers.bias.names import SHARES, number, occupation_name, percent, signed, verdict_name
from lab_helpers.i18n import _

Row = dict[str, Any]


def match_sentence(row: Row) -> str:
    """What `request_match` found for one occupation and gender."""
    sentence = {
        "male": _(
            "{occupation}, asked for a man: {as_asked} of {n} answers describe a man ({share}, interval {low} to "
            "{high}), {other} a woman, {unclear} no gender or both."
        ),
        "female": _(
            "{occupation}, asked for a woman: {as_asked} of {n} answers describe a woman ({share}, interval {low} to "
            "{high}), {other} a man, {unclear} no gender or both."
        ),
    }[row["gender"]]
    return sentence.format(
        occupation=occupation_name(str(row["occupation"])),
        as_asked=row["n_as_asked"],
        n=row["n_answers"],
        share=percent(row["estimate"]),
        low=percent(row["ci_low"]),
        high=percent(row["ci_high"]),
        other=row["n_other"],
        unclear=row["n_unclear"],
    )


def shares_sentence(occupation: str, parts: dict[str, Row]) -> str:
    """What `gender_shares` found for one occupation: `parts` has its row for each value of `described`."""
    shares = {described: percent(parts[described]["estimate"]) for described in DESCRIBED}
    return _(
        "{occupation}, {n} answers: {feminine} describe a woman, {masculine} a man, {both} both alike, "
        "{unmarked} no gender."
    ).format(occupation=occupation_name(occupation), n=parts[DESCRIBED[0]]["n_answers"], **shares)


def gap_sentence(row: Row) -> str:
    """One estimate with its interval and verdict."""
    measure = str(row["measure"])
    return _("{scope}, {n} answers: {estimate} (interval {low} to {high}), {verdict}.").format(
        scope=occupation_name(str(row["scope"])),
        n=row["n_answers"],
        estimate=signed(row["estimate"], measure),
        low=signed(row["ci_low"], measure),
        high=signed(row["ci_high"], measure),
        verdict=verdict_name(str(row["verdict"])),
    )


def change_sentence(row: Row) -> str:
    """What `compare_runs` found for one scope."""
    measure = str(row["measure"])
    return _(
        "{scope}: {before} of {n_before} answers before, {after} of {n_after} after; difference {estimate} points "
        "(interval {low} to {high}), {verdict}."
    ).format(
        scope=occupation_name(str(row["scope"])),
        before=percent(row["before"]),
        n_before=row["n_before"],
        after=percent(row["after"]),
        n_after=row["n_after"],
        estimate=signed(row["estimate"], measure),
        low=signed(row["ci_low"], measure),
        high=signed(row["ci_high"], measure),
        verdict=verdict_name(str(row["verdict"])),
    )


def pair_sentence(row: Row, measure: str) -> str:
    """The two means of one pair of prompts, of `pair_means`."""
    written = percent if measure in SHARES else number
    return _("{pair}: {male} for a man, {female} for a woman.").format(
        pair=occupation_name(str(row["pair"])),
        **{gender: "–" if isnan(row[gender]) else written(row[gender]) for gender in ("male", "female")},
    )


def word_sentence(row: Row) -> str:
    """One word of `word_log_odds`, with its numbers and its sentence."""
    return _(
        "{word}: in {n_feminine} answers about women and {n_masculine} about men, {verdict}; for example: “{example}”"
    ).format(
        word=row["word"],
        n_feminine=row["n_feminine"],
        n_masculine=row["n_masculine"],
        verdict=verdict_name(str(row["verdict"])),
        example=row["example"],
    )

"""The exercises of lesson 7: measuring again, pair by pair, on prompts of one's own, and what may be claimed."""

from __future__ import annotations

from collections import Counter

from lab_helpers.errors import LabError
from lab_helpers.exercises.catalog import paired_differences, prompt_sets
from lab_helpers.exercises.catalog.choices import choice_exercise
from lab_helpers.exercises.catalog.functions import as_number, is_near
from lab_helpers.exercises.catalog.scored_tables import (
    Row,
    Scored,
    agree,
    by_scope,
    column_names,
    columns_of,
    frame,
    is_genuine,
    scored_rows,
)
from lab_helpers.exercises.catalog.shown import value_found
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Values
from lab_helpers.exercises.values import Json, plain
from lab_helpers.i18n import Message, message

_SAMPLES = 30
_CHANGE = ("before", "after", "estimate", "ci_low", "ci_high")


def _probe_after(before: object, after: object, change: object, inputs: Json) -> Values:
    return {
        "before": columns_of(before),
        "after": columns_of(after),
        "change": columns_of(change, ("scope", "measure", *_CHANGE)),
    }


def _judge_after(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    before, after = scored_rows(values.get("before")), scored_rows(values.get("after"))
    genuine = is_genuine(before, evidence) and is_genuine(after, evidence)
    wanted, found = _changes(before, after) if genuine else {}, by_scope(values.get("change"))
    return [
        Finding(
            bool(after),
            1,
            message("answers that are scored: the table has the column described"),
            value_found(column_names(values.get("after"))),
        ),
        Finding(
            genuine and _asked_again(after),
            2,
            message("thirty answers to each of the reworded prompts, as the model gave them"),
            message("{n} answers to {prompts} prompts", n=len(after), prompts=len({row["prompt"] for row in after})),
        ),
        Finding(
            bool(after) and {row["system_prompt"] for row in after} == {row["system_prompt"] for row in before},
            1,
            message("asked with the system message of before, so that only the wording has changed"),
            message("another system message, or none"),
        ),
        Finding(
            bool(wanted)
            and found.keys() == wanted.keys()
            and all(agree(found[scope], wanted[scope], _CHANGE) for scope in wanted),
            4,
            message("the difference after minus before of the share that is as asked, for each occupation and for all"),
            _change_found(found, wanted),
        ),
    ]


def _asked_again(after: list[Scored]) -> bool:
    from lab_helpers.bias import reworded_prompts

    wanted = reworded_prompts().query("gender == 'male'")["prompt"]
    return Counter(row["prompt"] for row in after) == dict.fromkeys(wanted, _SAMPLES)


def _changes(before: list[Scored], after: list[Scored]) -> dict[str, Row]:
    from lab_helpers.bias import compare_runs

    try:
        return by_scope(plain(compare_runs(frame(before), frame(after), measure="matches_request")))
    except LabError:
        return {}


def _change_found(found: dict[str, Row], wanted: dict[str, Row]) -> Message:
    if not found:
        return message("no table of differences")
    if not wanted:
        return message("nothing to compare with: before or after is not a table of scored answers")
    if any(row.get("measure") != "matches_request" for row in found.values()):
        return message("another measure: {measure}", measure=value_found(next(iter(found.values())).get("measure")))
    if all(
        scope in found and is_near(found[scope].get("before"), as_number(row["after"]) or 0.0)
        for scope, row in wanted.items()
    ):
        return message("before and after have changed places")
    return message("other numbers than these two tables give")


EXERCISES = [
    Exercise(
        key="07.after",
        cell="after",
        kind="complete",
        points=8,
        title=message("Measure again"),
        arguments=("before", "after", "change"),
        probe=_probe_after,
        judge=_judge_after,
        hints=(
            message(
                "`after` comes about as `before` did: ask, then score. Two things differ: which prompts, which samples."
            ),
            message("compare_runs takes two tables and the name of a measure. Which of the two comes first?"),
        ),
    ),
    Exercise(
        key="07.paired",
        cell="paired-difference",
        kind="complete",
        points=6,
        title=message("A difference of pairs"),
        arguments=("paired_difference",),
        probe=paired_differences.probe,
        judge=paired_differences.judge,
        hints=(
            message("Three steps: a mean for each pair and gender, one difference for each pair, the mean of those."),
            message('table.groupby([...])["value"].mean() gives the first step; .unstack() makes the genders columns.'),
            message("pandas leaves missing values out of a mean by itself: do not fill them with anything."),
        ),
        inputs=paired_differences.tables,
    ),
    Exercise(
        key="07.prompts",
        cell="own-prompts",
        kind="design",
        points=7,
        title=message("A prompt set of your own"),
        arguments=("own_prompts",),
        probe=prompt_sets.probe,
        judge=prompt_sets.judge,
        hints=(
            message("Three occupations in two sentences make six pairs. `{{person}}` is whom a sentence is about."),
            message("bias.build_prompts makes all the pairs of a list of occupations and a list of templates."),
        ),
    ),
    choice_exercise(
        key="07.claim",
        cell="claim",
        kind="interpret",
        points=3,
        title=message("What the chosen answers prove"),
        argument="claim",
        right="b",
        expected=message("a statement that keeps apart what chose the answers and what judges them"),
        mistaken={
            "a": message("the model is the same as before: only some of its answers were kept"),
            "c": message("that is another question; the rule found answers that fit it, as it was told to"),
            "d": message("more answers would make the interval shorter, and the circle would stay"),
        },
        hints=(
            message("Who chose the answers? Who judged them? Write both down."),
            message("Suppose the rule were wrong about every answer. Would the share have risen as well?"),
        ),
    ),
]

"""The exercises of lesson 6: a share with its interval, how long it is, and what it says."""

from __future__ import annotations

from random import Random

from lab_helpers.errors import LabError
from lab_helpers.exercises.catalog.choices import choice_exercise
from lab_helpers.exercises.catalog.functions import Tried, as_list, as_number, finding, is_near, results, tried
from lab_helpers.exercises.catalog.scored_tables import (
    Row,
    Scored,
    agree,
    by_scope,
    columns_of,
    frame,
    is_genuine,
    scored_rows,
)
from lab_helpers.exercises.catalog.shown import value_found
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Values
from lab_helpers.exercises.values import Json, plain, table_rows
from lab_helpers.i18n import Message, message

_Z = 1.959964
# Wide enough for z = 1.96, too narrow for another method or for rounded figures.
_CLOSE = 0.0005


def _counts(random: Random) -> Json:
    """Pairs of k and n: the lab's few, the course's thirty, none and all of them, and some at random."""
    drawn = [random.randrange(10, 400) for _ in range(4)]
    return [[2, 5], [15, 30], [0, 30], [30, 30], [0, 5], *([random.randrange(1, n), n] for n in drawn)]


def _probe_interval(interval: object, inputs: Json) -> Values:
    return results(interval, inputs, lambda case: tuple(case))


def _judge_interval(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    cases = tried(values, inputs)
    middle = [case for case in cases if 0 < _share(case) < 1]
    edges = [case for case in cases if _share(case) in (0, 1)]
    return [
        finding(1, message("two numbers, the lower end first"), cases, _is_pair, _not_a_pair),
        finding(
            2,
            message("where some answers are as asked and some are not: Wilson's interval"),
            middle,
            _is_wilson,
            _mistake,
        ),
        finding(2, message("also where none is, or every one"), edges, _is_wilson, _mistake),
    ]


def _k_n(case: Tried) -> tuple[float, float]:
    k, n = as_list(case.arguments)
    return as_number(k) or 0.0, as_number(n) or 1.0


def _share(case: Tried) -> float:
    k, n = _k_n(case)
    return k / n


def _ends(case: Tried) -> list[float] | None:
    found = [as_number(end) for end in as_list(case.value)]
    return [end for end in found if end is not None] if len(found) == 2 and None not in found else None


def _is_pair(case: Tried) -> bool:
    ends = _ends(case)
    return ends is not None and ends[0] <= ends[1]


def _not_a_pair(case: Tried) -> Message | None:
    return message("the higher end stands first") if _ends(case) else None


def _is_wilson(case: Tried) -> bool:
    ends = _ends(case)
    return ends is not None and all(is_near(end, right, _CLOSE) for end, right in zip(ends, _wilson(case), strict=True))


def _wilson(case: Tried) -> tuple[float, float]:
    # Wilson 1927; the same as bias.request_match takes from statsmodels, without its import.
    k, n = _k_n(case)
    share, z2 = k / n, _Z**2
    centre, scale = share + z2 / (2 * n), 1 + z2 / n
    half = _Z * (share * (1 - share) / n + z2 / (4 * n**2)) ** 0.5
    return (centre - half) / scale, (centre + half) / scale


def _mistake(case: Tried) -> Message | None:
    ends = _ends(case)
    if ends is None:
        return None
    k, n = _k_n(case)
    half = _Z * (_share(case) * (1 - _share(case)) / n) ** 0.5
    simple = (_share(case) - half, _share(case) + half)
    if all(is_near(end, other, _CLOSE) for end, other in zip(ends, simple, strict=True)):
        return message(
            "for {k:g} of {n:g} the simple interval, share ± half a width, which fails for few answers", k=k, n=n
        )
    if all(is_near(end, 100 * right, 100 * _CLOSE) for end, right in zip(ends, _wilson(case), strict=True)):
        return message("percentages, where shares between 0 and 1 are asked for")
    return None


_ENDS = ("estimate", "ci_low", "ci_high")
_N = ("n_answers", "n_as_asked")


def _probe_pooled(scored: object, pooled: object, inputs: Json) -> Values:
    return {"scored": columns_of(scored), "pooled": columns_of(pooled, ("gender", "scope", *_N, *_ENDS))}


def _judge_pooled(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    answers = scored_rows(values.get("scored"))
    wanted = _matches(answers) if is_genuine(answers, evidence) else {}
    found = by_scope(values.get("pooled"))
    two = bool(wanted) and found.keys() == wanted.keys() and len(table_rows(values.get("pooled")) or []) == len(wanted)
    return [
        Finding(two, 2, message("a table with one row for men and one for women"), _rows_found(values.get("pooled"))),
        Finding(
            two and all(agree(found[scope], wanted[scope], _N) for scope in wanted),
            2,
            message("how many answers there are for each gender over all occupations, and how many are as asked"),
            message("other counts than those of scored"),
        ),
        Finding(
            two and all(agree(found[scope], wanted[scope], _ENDS) for scope in wanted),
            2,
            message("the share for each gender, with the interval that so many answers give"),
            message("other shares or other intervals"),
        ),
    ]


def _matches(answers: list[Scored]) -> dict[str, Row]:
    from lab_helpers.bias import request_match

    try:
        return by_scope(plain(request_match(frame(answers), by=["gender"])))
    except LabError:
        return {}


def _rows_found(pooled: Json) -> Message:
    rows = table_rows(pooled)
    if rows is None:
        return value_found(pooled)
    return message("{n} rows: {scopes}", n=len(rows), scopes=value_found([row.get("scope") for row in rows]))


def _probe_narrower(width_factor: object, inputs: Json) -> Values:
    return {"factor": plain(width_factor)}


def _judge_narrower(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    factor = values.get("factor")
    return [
        Finding(as_number(factor) is not None, 1, message("a number"), value_found(factor)),
        Finding(
            is_near(factor, 0.5, 0.03),
            2,
            message("what the length is multiplied by when the answers are multiplied by four"),
            _why_not(as_number(factor), value_found(factor)),
        ),
    ]


def _why_not(factor: float | None, found: Message) -> Message:
    if factor is None:
        return found
    if abs(factor - 0.25) < 0.03:
        return message("{found}: as if the length went with the number of answers itself", found=found)
    if 1 < factor <= 4:
        return message("{found}: an interval that gets longer with more answers", found=found)
    if factor > 4:
        return message("{found}: perhaps percent; a number between 0 and 1 is asked for", found=found)
    return found


EXERCISES = [
    Exercise(
        key="06.interval",
        cell="wilson-interval",
        kind="complete",
        points=5,
        title=message("An interval of your own"),
        arguments=("interval",),
        probe=_probe_interval,
        judge=_judge_interval,
        hints=(
            message(
                "Compute three numbers first: the share, the centre, and half the width, each on a line of its own."
            ),
            message("In Python the square root is ** 0.5, and z² is z**2. Mind what stands below which fraction bar."),
            message("Both ends are divided by the same number at the very end. Try interval(0, 30): it begins at 0."),
        ),
        inputs=_counts,
    ),
    Exercise(
        key="06.pooled",
        cell="pooled-table",
        kind="complete",
        points=6,
        title=message("All occupations together"),
        arguments=("scored", "pooled"),
        probe=_probe_pooled,
        judge=_judge_pooled,
        hints=(
            message("It is the call that made `match`, with one argument more."),
            message("`by` takes a list of columns. Which column tells men's answers from women's, and nothing else?"),
        ),
    ),
    Exercise(
        key="06.narrower",
        cell="width-prediction",
        kind="predict",
        points=3,
        title=message("Four times the answers"),
        arguments=("width_factor",),
        probe=_probe_narrower,
        judge=_judge_narrower,
        hints=(
            message("The number of answers n stands in the interval's length below a square root."),
            message("What is the square root of four, and on which side of the fraction bar does it stand?"),
        ),
    ),
    choice_exercise(
        key="06.sentence",
        cell="sentence",
        kind="interpret",
        points=3,
        title=message("The sentence you may write"),
        argument="sentence",
        right="c",
        expected=message("a statement that holds for every value in the interval, and claims no more"),
        mistaken={
            "a": message("-5 is the middle of the interval; +3 fits the data, too"),
            "b": message(
                "0 lies in the interval, and so do -10 and +5: finding no difference does not show that there is none"
            ),
            "d": message("one end of the interval is not what you found; -16 fits the data as well as +7"),
        },
        hints=(
            message("Take a few values out of the interval, one after the other: would the sentence still be true?"),
            message(
                "Two of the sentences claim a direction and one claims that nothing happens. Which claims none of them?"
            ),
        ),
    ),
]

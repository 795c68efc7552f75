"""Grading a foreign assignment: values out of the student's process, the tests in another one, where no student is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lab_helpers.authoring import student_source
from lab_helpers.exercises import Evidence, Exercise, Finding, Values
from lab_helpers.exercises.values import Json
from lab_helpers.grading.foreign_assignment import ForeignAssignment, ForeignTest
from lab_helpers.grading.foreign_probe import VALUE
from lab_helpers.grading.matching import Answers, match_answers
from lab_helpers.grading.plan import without_magics
from lab_helpers.grading.records import Record
from lab_helpers.grading.running import End, Job, Run, Runner
from lab_helpers.grading.scoring import scored
from lab_helpers.grading.steps import Cell, Expressions, Line, Step
from lab_helpers.grading.submissions import Submission
from lab_helpers.i18n import Message, message

_AT, _CREDIT = "_lab_at", "_lab_credit"
_TOLD = (Line(_AT, 0, is_brought_out=True), Line(_CREDIT, 1, is_brought_out=True))
_ALL_PASS = message("all tests of this question pass")
_BY_HAND = message("this question is graded by hand")


def foreign_exercises(assignment: ForeignAssignment) -> tuple[Exercise, ...]:
    """What gives points in `assignment`, as exercises; their judges read what `verdict` says."""
    return tuple(_exercise(assignment, test) for test in assignment.tests)


def grade_foreign(
    submission: Submission, key: str, assignment: ForeignAssignment, exercises: tuple[Exercise, ...], runner: Runner
) -> Record:
    """The record of a submission: its code and the tests are run one after the other, in processes of their own."""
    submission = replace(_keyed(submission, assignment), locale=assignment.locale)
    answers = match_answers(assignment.lesson, submission)
    first = runner.run(Job(key[:24], student_steps(assignment, answers.sources)))
    # Many bring out the same values: the tests are run on them once, in a session that is nobody's.
    second = runner.run_once(Job(f"{assignment.name}/tests", test_steps(assignment, first)))
    sources = _sources(assignment, answers, submission)
    values = {
        assignment.key_of(test): _untouched(assignment, test, sources) or verdict(assignment, test, first, second)
        for test in assignment.tests
    }
    ends = {test.cell: end for test in assignment.tests if (end := _end(assignment, test, first, values))}
    run = replace(first, values=values, ends=ends)
    return scored(submission, Answers(sources, answers.notes), run, exercises, {}, key)


def student_steps(assignment: ForeignAssignment, answers: Mapping[str, str]) -> tuple[Step, ...]:
    """What is run of a submission: given cells as they are ours, the student's answers, and what each test asks for."""
    tests = {test.cell: test for test in assignment.tests}
    steps: list[Step] = []
    for cell in assignment.cells:
        test = tests.get(cell.key)
        if cell.role == "test" and test and not test.why:
            steps.append(Expressions(assignment.key_of(test), cell.key, test.program, test.names))
        elif cell.kind == "code" and cell.role != "test":
            is_answer = cell.role == "answer"
            source = answers.get(cell.key, student_source(cell.source)) if is_answer else cell.source
            whose = f"{assignment.name}.{cell.key}" if is_answer else None
            steps.append(Cell(cell.key, without_magics(source), whose, cell.keeps))
    return tuple(steps)


def test_steps(assignment: ForeignAssignment, first: Run) -> tuple[Step, ...]:
    """The tests, on what a student's process brought out, and what they need of the given cells; no student's code."""
    tests = {test.cell: test for test in assignment.tests if assignment.key_of(test) in first.values and not test.why}
    steps: list[Step] = []
    for cell in assignment.cells:
        if test := tests.get(cell.key):
            key = assignment.key_of(test)
            steps.append(Cell(cell.key, _test_source(test, first.values[key]), key))
            steps.append(Expressions(key, cell.key, _TOLD, (_AT, _CREDIT)))
        elif cell.clean:
            steps.append(Cell(cell.key, cell.clean))
    return tuple(steps) if tests else ()


test_steps.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]


def verdict(assignment: ForeignAssignment, test: ForeignTest, first: Run, second: Run) -> Values:
    """What became of a test, for its judge: `by_hand`, `untouched`, `passed` with its `credit`, or `failed`."""
    key = assignment.key_of(test)
    if test.why:
        return {"by_hand": True}
    end = second.ends.get(test.cell)
    told = second.values.get(key, {})
    if end and end.how == "ran":
        credit = _number(told, 1) if test.has_credit else None
        return {"passed": True, "credit": None if credit is None else max(0.0, min(credit, test.points))}
    if _is_stub(test, first, first.values.get(key, {})):
        return {"untouched": True}
    at = _number(told, 0)
    shown = test.statements[int(at)].shown if at is not None and 0 <= at < len(test.statements) else ""
    failed = str(end.raised.get("type")) if end and end.raised else "TimeoutError"
    return {"failed": failed[:80], "shown": shown[:300]}


def _exercise(assignment: ForeignAssignment, test: ForeignTest) -> Exercise:
    points: Any = int(test.points) if float(test.points).is_integer() else test.points

    def judge(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
        if values.get("by_hand"):
            return [Finding(False, points, _BY_HAND)]
        credit: Any = values.get("credit")
        if values.get("passed") is True and (credit is None or credit >= points):
            return [Finding(True, points, _ALL_PASS)]
        if values.get("passed") is True:
            part = message("the tests give a part of the points")
            return [Finding(True, credit, part), Finding(False, points - credit, _ALL_PASS)]
        return [Finding(False, points, _ALL_PASS, _failure(values))]

    title = Message("{title}", {"title": test.title})
    return Exercise(assignment.key_of(test), test.cell, "complete", points, title, (), dict, judge, ())


def _failure(values: Values) -> Message:
    failed, shown = str(values.get("failed")), values.get("shown")
    if shown:
        return message("{type} in the test: {test}", type=failed, test=shown)
    return message("{type} in a test that is not shown", type=failed)


def _test_source(test: ForeignTest, brought: Values) -> str:
    numbers = [str(line.number) for line in test.program if line.number is not None and line.is_brought_out]
    found = {number: brought.get(number, brought) for number in numbers}
    told = {number: value if _is_packed(value) else {"raised": _raised(value)} for number, value in found.items()}
    lines = [
        "from lab_helpers.grading.foreign_probe import values_for_test as _lab_values",
        # In ASCII: half a character that a student brought out is no Python, its escape is.
        f"{VALUE} = _lab_values({json.dumps(told)!a})",
        f"{_CREDIT} = None",
    ]
    for place, statement in enumerate(test.statements):
        is_credit = test.has_credit and place == len(test.statements) - 1
        lines += [f"{_AT} = {place}", f"{_CREDIT} = ({statement.source})" if is_credit else statement.source]
    return "\n".join(lines)


def _is_packed(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(piece, str) for piece in value)


def _raised(value: Json) -> Json:
    told = value.get("raised") if isinstance(value, dict) else None
    return told if isinstance(told, dict) else {"type": "NameError", "says": ""}


def _is_stub(test: ForeignTest, first: Run, brought: Values) -> bool:
    """Whether the answer, or what the test calls of it, still raises what was handed out."""
    answer = first.ends.get(test.answer)
    of_cell = str(answer.raised.get("type")) if answer and answer.raised else ""
    return "NotImplementedError" in {of_cell, *map(_error_type, brought.values())}


def _error_type(value: Json) -> str:
    told = value.get("raised") if isinstance(value, dict) else None
    return str(told.get("type")) if isinstance(told, dict) else ""


def _number(values: Values, number: int) -> float | None:
    """A number that a test told, Python's own or NumPy's; None for anything else."""
    pieces = values.get(str(number))
    try:
        found = json.loads("".join(str(piece) for piece in pieces)) if isinstance(pieces, list) else None
    except ValueError:
        return None
    if isinstance(found, list) and found[:1] == ["scalar"]:
        found = found[-1]
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _end(assignment: ForeignAssignment, test: ForeignTest, first: Run, values: Mapping[str, Values]) -> End | None:
    """How the test's own probe ended, else how the answer's cell did; what a student got is not taken back by it."""
    said = values[assignment.key_of(test)]
    if said.get("passed") or said.get("by_hand") or said.get("untouched"):
        return None
    return first.ends.get(test.cell) or first.ends.get(test.answer)


def _sources(assignment: ForeignAssignment, answers: Answers, submission: Submission) -> dict[str, str]:
    """What the student answered, by the cell that gives points for it."""
    written = {cell.key or cell.id: cell.source for cell in submission.cells if cell.kind != "code"}
    roles = {cell.key: cell.role for cell in assignment.cells}
    found = {}
    for test in assignment.tests:
        sources = written if roles[test.cell] == "written" else answers.sources
        if not test.answer or test.answer in sources:
            found[test.cell] = sources.get(test.answer, "")
    return found


def _untouched(assignment: ForeignAssignment, test: ForeignTest, sources: Mapping[str, str]) -> Values | None:
    """For what is graded by hand: whether the answer is still as it was handed out."""
    if not test.why or not test.answer:
        return None
    (cell,) = (cell for cell in assignment.cells if cell.key == test.answer)
    handed_out = student_source(cell.source) if cell.role == "answer" else cell.source
    return {"untouched": True} if sources.get(test.cell, "").strip() == handed_out.strip() else None


def _keyed(submission: Submission, assignment: ForeignAssignment) -> Submission:
    """`submission` with the keys of given cells, which other tools give none, found by what stands in them."""
    keys = {cell.source.strip(): cell.key for cell in assignment.cells if cell.role in ("given", "prose")}
    known = {cell.key for cell in assignment.cells}
    cells = [
        cell if cell.key in known or cell.id in known else replace(cell, key=keys.get(cell.source.strip(), cell.key))
        for cell in submission.cells
    ]
    return replace(submission, cells=tuple(cells))

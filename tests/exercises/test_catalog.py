"""Every exercise of the course: its solution is right, its known mistakes are wrong, its stub is untouched."""

import ast
import json
from contextlib import suppress
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_helpers.authoring.student import given_away, is_exercise, solution_lines
from lab_helpers.exercises import EXERCISES, Evidence, Served, Status, judged, probed
from tests.exercises.cells import ANSWERS, Learner, cell_of, lesson_of, solution_of, stub_of

MISTAKES = [(key, name) for key, answers in ANSWERS.items() for name in answers.wrong]
UNSERVED = [(key, name) for key, answers in ANSWERS.items() for name in answers.unserved]
KINDS = {"complete", "fix", "predict", "interpret", "design"}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("key", EXERCISES)
def test_the_lessons_solution_is_correct_and_gives_every_point(key):
    learner = Learner(key).answers(solution_of(EXERCISES[key]))
    for outcome in (learner.checks(), learner.hands_in(EXERCISES[key].inputs(Random(7)))):
        assert outcome.is_correct, outcome
        assert outcome.points == outcome.out_of == EXERCISES[key].points


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("key", [key for key, exercise in EXERCISES.items() if exercise.examples() is not None])
def test_the_lessons_solution_is_correct_on_whatever_the_grader_tries(key, seed):
    learner = Learner(key).answers(solution_of(EXERCISES[key]))
    outcome = learner.hands_in(EXERCISES[key].inputs(Random(seed)))
    assert outcome.is_correct, outcome


@pytest.mark.parametrize(("key", "mistake"), MISTAKES, ids=[f"{key}: {name}" for key, name in MISTAKES])
def test_a_known_mistake_is_never_correct_and_hears_why(key, mistake):
    _values, outcome = after(key, mistake)
    assert outcome.status in (Status.NOT_YET, Status.ERROR), outcome
    assert outcome.points < outcome.out_of
    assert outcome.because or any(finding.found for finding in outcome.findings if not finding.met)


@pytest.mark.parametrize(("key", "mistake"), MISTAKES, ids=[f"{key}: {name}" for key, name in MISTAKES])
def test_what_a_mistake_hears_is_short_and_never_holds_the_answer(key, mistake):
    _values, outcome = after(key, mistake)
    for line in outcome.lines():
        assert len(line) < 400
        assert given_away(solution_of(EXERCISES[key]).splitlines(), line) == []


@pytest.mark.parametrize(("key", "mistake"), MISTAKES, ids=[f"{key}: {name}" for key, name in MISTAKES])
def test_a_judge_reads_what_a_mistake_leaves(key, mistake):
    values, _outcome = after(key, mistake)
    if "raised" not in values:
        findings = EXERCISES[key].judge(values, EXERCISES[key].examples(), Evidence())
        assert sum(finding.points for finding in findings) == EXERCISES[key].points


@pytest.mark.parametrize(("key", "mistake"), UNSERVED, ids=[f"{key}: {name}" for key, name in UNSERVED])
def test_the_grader_tells_answers_that_the_model_never_gave(key, mistake):
    learner = Learner(key).answers(ANSWERS[key].unserved[mistake])
    assert learner.hands_in(EXERCISES[key].inputs(Random(7))).status == Status.NOT_YET


@pytest.mark.parametrize("key", EXERCISES)
def test_the_students_cell_as_handed_out_is_not_attempted(key):
    learner = Learner(key)
    with suppress(NotImplementedError):
        learner.runs(stub_of(EXERCISES[key]))
    outcome = learner.checks()
    assert (outcome.status, outcome.points) == (Status.NOT_ATTEMPTED, 0)
    assert outcome.next_step


@pytest.mark.parametrize("value", [None, 17, "text", b"bytes", [], {}, [None], object(), print, int, float("nan"), 1j])
@pytest.mark.parametrize("key", EXERCISES)
def test_values_of_another_type_are_never_correct_and_never_an_exception(key, value):
    exercise = EXERCISES[key]
    values = (value,) * len(exercise.arguments)
    outcome = judged(exercise, probed(exercise, values, exercise.examples()), exercise.examples())
    assert not outcome.is_correct
    assert outcome.points == 0 or value is not None
    assert all(str(finding.found).strip() for finding in outcome.findings if finding.found)
    assert repr(outcome)


@pytest.mark.parametrize("key", EXERCISES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_judge_ends_with_an_outcome_on_whatever_a_submission_says_its_probe_found(key, data):
    exercise = EXERCISES[key]
    names = sorted(honest_values(key))
    values = data.draw(
        st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON)) | st.dictionaries(st.text(), JSON)
    )
    served = (Served("system", "prompt", "answer"),)
    for evidence in (Evidence(), Evidence(served=served)):
        outcome = judged(exercise, values, exercise.examples(), evidence)
        assert 0 <= outcome.points <= exercise.points
        assert repr(outcome)


@pytest.mark.parametrize("key", EXERCISES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_judge_ends_with_an_outcome_where_one_part_of_honest_values_is_another(key, data):
    exercise = EXERCISES[key]
    values = json.loads(json.dumps(honest_values(key)))
    place = data.draw(st.sampled_from(sorted(values)))
    values[place] = spoilt(values[place], data)
    outcome = judged(exercise, values, exercise.examples())
    assert 0 <= outcome.points <= exercise.points
    assert repr(outcome)


@pytest.mark.parametrize("key", EXERCISES)
def test_an_exercise_is_defined_whole(key):
    exercise = EXERCISES[key]
    findings = exercise.judge(honest_values(key), exercise.examples(), Evidence())
    assert key == exercise.key
    assert sum(finding.points for finding in findings) == exercise.points > 0
    assert exercise.kind in KINDS
    assert len(exercise.hints) >= 2
    assert len(ANSWERS[key].wrong) >= 3
    assert exercise.examples() == exercise.examples()


@pytest.mark.parametrize("key", EXERCISES)
def test_a_hint_does_not_hold_a_line_of_the_solution(key):
    cell = cell_of(EXERCISES[key])
    for hint in EXERCISES[key].hints:
        assert given_away(solution_lines(cell.source), str(hint)) == []


@pytest.mark.parametrize("key", EXERCISES)
def test_the_lesson_checks_the_exercise_in_a_later_cell_of_its_own(key):
    exercise = EXERCISES[key]
    cells = list(lesson_of(exercise.lesson).cells)
    place = [cell.key for cell in cells].index(exercise.cell)
    assert is_exercise(cells[place].source)
    call = f'check("{key}", {", ".join(exercise.arguments)})'
    assert [cell.source for cell in cells[place + 1 :] if f'check("{key}"' in cell.source] == [call]
    assert any(f'hint("{key}")' in cell.source for cell in cells if cell.kind == "markdown")
    assert check_is_imported(cells)


def test_every_solution_region_from_lesson_4_on_belongs_to_an_exercise():
    cells = {(number, cell.key) for number in ("04", "05", "06", "07", "08") for cell in exercise_cells(number)}
    assert cells == {(exercise.lesson, exercise.cell) for exercise in EXERCISES.values()}


def test_every_lesson_from_4_on_has_an_exercise_and_every_kind_occurs():
    assert {exercise.lesson for exercise in EXERCISES.values()} == {"04", "05", "06", "07", "08"}
    assert {exercise.kind for exercise in EXERCISES.values()} == KINDS


def test_every_exercise_has_answers_and_every_answer_an_exercise():
    assert ANSWERS.keys() == EXERCISES.keys()


def exercise_cells(number):
    return [cell for cell in lesson_of(number).cells if cell.kind == "code" and is_exercise(cell.source)]


def check_is_imported(cells):
    code = "\n".join(cell.source for cell in cells if cell.kind == "code" and cell.key == "set-up")
    imported = [
        alias.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    return {"check", "hint"} <= set(imported)


@cache
def after(key, mistake):
    """What the probe brings out of a notebook with this mistake, and the outcome."""
    exercise = EXERCISES[key]
    values = probed(exercise, Learner(key).answers(ANSWERS[key].wrong[mistake]).values(), exercise.examples())
    return values, judged(exercise, values, exercise.examples())


@cache
def honest_values(key):
    """What the probe brings out of a notebook with the lesson's solution."""
    exercise = EXERCISES[key]
    return probed(exercise, Learner(key).answers(solution_of(exercise)).values(), exercise.examples())


def spoilt(value, data):
    """`value` with something else in one place, at whatever depth."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(value)))
        return {**value, name: spoilt(value[name], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        place = data.draw(st.integers(0, min(len(value), 30) - 1))
        return [*value[:place], spoilt(value[place], data), *value[place + 1 :]]
    return data.draw(JSON)


def test_the_loaded_prompts_are_the_labs():
    from lab_helpers import bias
    from lab_helpers.exercises.catalog.loaded_prompts import LOADED

    lab = bias.lab_prompts()
    assert list(LOADED) == lab.loc[lab["gender"] != "neutral", "prompt"].tolist()

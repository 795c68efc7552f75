"""The plan of a run: our own lesson and a submission's answers, reduced to the steps that its exercises need."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from lab_helpers.authoring import Lesson, student_source
from lab_helpers.authoring.lessons import PARAMETERS_TAG, parameters_source
from lab_helpers.authoring.lessons import Cell as LessonCell
from lab_helpers.authoring.student import is_exercise
from lab_helpers.exercises import Exercise
from lab_helpers.exercises.values import Json
from lab_helpers.grading.names import defined_names, imported_names, parsed, statements, used_names
from lab_helpers.grading.steps import Cell, Probe, Step

# The cell that imports what a lesson uses and connects: it works through what it changes, not through its names alone.
SET_UP = "set-up"
# What a lesson calls for the learner's eyes; the grader has its own.
_FOR_THE_LEARNER = {"check", "hint", "quiz", "progress", "display"}
_MAGIC = re.compile(r"^\s*(?:[%!]|\w+\s*=\s*[%!])")


def plan(
    master: Lesson,
    answers: Mapping[str, str],
    exercises: Sequence[Exercise],
    inputs: Mapping[str, Json],
    locale: str = "en",
) -> tuple[Step, ...]:
    """What to run of a submission, in the lesson's order.

    master: our own lesson, from `authoring.read_lessons`. answers: the submission's cells by the master's keys; only
    those of cells with a solution are used, any other cell is the master's own; a missing one is the stub that was
    handed out. exercises: those to grade; of other lessons' nothing is run. inputs: by exercise, what to try functions
    on. locale: the submission's.

    Of the master's cells those statements are kept that define what a later step uses, and the parameters and set-up
    whole. An exercise is probed where the lesson checks it, else right after its answer.
    """
    own = {exercise.cell: exercise for exercise in exercises if exercise.lesson == master.name.partition("_")[0]}
    code = [cell for cell in master.cells if cell.kind == "code"]
    checks = _checked_in({cell.key: cell.source for cell in code}, own)
    modules = {name for cell in code for name in imported_names(cell.source)}
    steps: list[Step] = []
    needed: set[str] = set()
    for cell in reversed(code):
        # Backwards: whoever comes to a definition knows by then whether anything needs it.
        for exercise in reversed([exercise for exercise in own.values() if checks[exercise.key] == cell.key]):
            steps.append(Probe(exercise.key, exercise.cell, exercise.arguments, inputs.get(exercise.key)))
            needed |= set(exercise.arguments)
        source = _source(cell, answers, locale, is_answer=cell.key in own or is_exercise(cell.source))
        if cell.key in own or PARAMETERS_TAG in cell.tags or cell.key == SET_UP:
            # The lesson's own solution stands for what a learner's may use without saying so, by `exec` for example.
            needed |= used_names(source) | (used_names(cell.source) if cell.key in own else set())
            steps.append(Cell(cell.key, source, own[cell.key].key if cell.key in own else None))
        elif kept := _needed_part(source, needed, modules):
            steps.append(Cell(cell.key, kept))
    return tuple(reversed(steps)) if any(isinstance(step, Probe) for step in steps) else ()


def without_magics(source: str) -> str:
    """`source` without the lines that only IPython understands; a whole cell's magic (`%%`) leaves nothing."""
    if source.lstrip().startswith("%%"):
        return ""
    lines = source.splitlines()
    try:
        parsed(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Each keeps its place, so that an error names the learner's own line. Where it parses, `%` is an operator.
        lines = [_indented_pass(line) if _MAGIC.match(line) else line for line in lines]
    return "\n".join(lines)


def _indented_pass(line: str) -> str:
    return line[: len(line) - len(line.lstrip())] + "pass"


def _source(cell: LessonCell, answers: Mapping[str, str], locale: str, *, is_answer: bool) -> str:
    if PARAMETERS_TAG in cell.tags:
        return parameters_source(locale)
    handed_out = student_source(cell.source)
    return without_magics(answers.get(cell.key, handed_out) if is_answer else handed_out)


def _checked_in(sources: Mapping[str, str], own: Mapping[str, Exercise]) -> dict[str, str]:
    """The key of the cell at which each exercise is probed."""
    places = {exercise.key: exercise.cell for exercise in own.values()}
    for key, source in sources.items():
        for statement in statements(source):
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
                    said = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
                    if said in places:
                        places[str(said)] = key
    return places


def _needed_part(source: str, needed: set[str], modules: set[str]) -> str:
    """The statements of `source` that define, or change, what is needed; what they use is needed from then on.

    modules: names that imports bind; `module.function(...)` on a line of its own changes no module.
    """
    kept: list[str] = []
    for statement in reversed(statements(source)):
        if not _is_for_the_learner(statement, modules) and defined_names(statement) & needed:
            needed |= used_names(statement)
            kept.append(ast.unparse(statement))
    return "\n".join(reversed(kept))


def _is_for_the_learner(statement: ast.stmt, modules: set[str]) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    if isinstance(call.func, ast.Attribute):
        return isinstance(call.func.value, ast.Name) and call.func.value.id in modules
    return isinstance(call.func, ast.Name) and call.func.id in _FOR_THE_LEARNER

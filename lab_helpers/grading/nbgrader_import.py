"""Importing an nbgrader assignment: its tests split, and tried on the instructor's own solution."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lab_helpers.exercises import Evidence, Values
from lab_helpers.grading.batch import require_isolation
from lab_helpers.grading.foreign import foreign_exercises, student_steps, test_steps, verdict
from lab_helpers.grading.foreign_assignment import (
    ForeignAssignment,
    ForeignCell,
    ForeignTest,
    Statement,
    require_free,
    write_foreign,
)
from lab_helpers.grading.foreign_probe import VALUE
from lab_helpers.grading.foreign_split import CannotSplit, Choices, Hoist, Place, Split, names_of, split
from lab_helpers.grading.foreign_values import opaque_type
from lab_helpers.grading.names import defined_names, statements, used_names
from lab_helpers.grading.nbgrader_source import NOT_PYTHON, SourceCell, read_source, statements_of
from lab_helpers.grading.plan import without_magics
from lab_helpers.grading.running import Job, Run, Runner
from lab_helpers.i18n import Message, current_locale, message

_BY_HAND = message("nbgrader leaves it to a person, too")


def import_nbgrader(source: Path, folder: Path, *, force_unisolated: bool = False) -> ForeignAssignment:
    """Import the source notebook at `source` into `folder`; the assignment, each test with `why` it is not automatic.

    The solution is run as a submission would be, and a test that does not give it all its points is left to a person.
    Raises what `read_source` and `write_foreign` raise, and GradingError where there is no sandbox to run it in, unless
    `force_unisolated`.
    """
    require_free(folder)
    cells = read_source(source)
    with Runner() as runner:
        require_isolation(runner, force_unisolated)
        assignment = imported(source.stem, cells, runner)
    write_foreign(assignment, folder)
    return assignment


def imported(name: str, cells: Sequence[SourceCell], runner: Runner) -> ForeignAssignment:
    """The assignment `name` that `cells` make, tried on their solution in `runner`."""
    tested = {cell.key: _Tested.of(cell) for cell in cells if cell.role == "test" and cell.kind == "code"}
    return _tried(_Draft(name, cells, _Own.of(cells), tested), runner)


@dataclass(frozen=True)
class _Own:
    """Whose the names of a notebook are. students: they depend on the answers. known: all that any cell defines."""

    students: frozenset[str]
    known: frozenset[str]

    @staticmethod
    def of(cells: Sequence[SourceCell]) -> _Own:
        students, known = set[str](), set[str]()
        for cell in cells:
            if cell.kind != "code" or cell.role == "test":
                continue
            for statement in statements(without_magics(cell.source)):
                known |= defined_names(statement)
                is_import = isinstance(statement, ast.Import | ast.ImportFrom)
                if not is_import and (cell.role == "answer" or used_names(statement) & students):
                    students |= defined_names(statement)
        return _Own(frozenset(students), frozenset(known))


@dataclass
class _Tested:
    """What is known of a test so far.

    libraries: the places of chains on an object of a library. why: the reason for which it is left to a person.
    """

    statements: list[tuple[ast.stmt, str]]
    choices: Choices
    why: Message | None = None
    split: Split | None = None
    libraries: set[Place] = field(default_factory=set)

    @staticmethod
    def of(cell: SourceCell) -> _Tested:
        if cell.full.lstrip().startswith("%%"):
            return _Tested([], Choices(), NOT_PYTHON)
        try:
            return _Tested(statements_of(replace(cell, full=without_magics(cell.full))), Choices())
        except (SyntaxError, ValueError):
            return _Tested([], Choices(), NOT_PYTHON)

    def divide(self, students: frozenset[str], earlier: Sequence[ast.stmt]) -> None:
        """Split it with what is known."""
        if self.why:
            return
        try:
            self.split = split([statement for statement, _ in self.statements], students, earlier, self.choices)
        except CannotSplit as reason:
            self.why = reason.why


@dataclass(frozen=True)
class _Draft:
    """A notebook on its way to an assignment."""

    name: str
    cells: Sequence[SourceCell]
    own: _Own
    tested: Mapping[str, _Tested]

    def assignment(self) -> ForeignAssignment:
        """The assignment with what is known of its tests."""
        tests, answer = list[ForeignTest](), ""
        for cell in self.cells:
            if cell.role in ("answer", "written"):
                answer = cell.key
            if cell.is_graded:
                tests.append(self._test(cell, answer))
        needed = set[str]().union(*(used_names(part.source) for test in tests for part in test.statements))
        cells = [self._cell(cell, needed) for cell in reversed(self.cells)]
        return ForeignAssignment(self.name, current_locale(), tuple(reversed(cells)), tuple(tests))

    def _test(self, cell: SourceCell, answer: str) -> ForeignTest:
        tested = self.tested.get(cell.key)
        if not tested or tested.why or not tested.split:
            return ForeignTest(cell.key, answer, cell.points, cell.title, tested.why if tested else _BY_HAND)
        parts = [Statement(source, tested.statements[place][1]) for place, source in tested.split.test]
        return ForeignTest(
            cell=cell.key,
            answer=answer,
            points=cell.points,
            title=cell.title,
            program=tested.split.program,
            names=names_of(tested.split.program, self.own.known),
            statements=tuple(parts),
            has_credit=bool(parts) and _may_give_credit(parts[-1].source),
        )

    def _cell(self, cell: SourceCell, needed: set[str]) -> ForeignCell:
        clean, keeps = "", tuple[str, ...]()
        if cell.kind == "code" and cell.role in ("given", "answer"):
            source = without_magics(cell.source)
            clean = _clean_part(source, needed, self.own.students, imports_only=cell.role == "answer")
            if cell.role == "given":
                keeps = tuple(sorted(defined_names(source) - self.own.students))
        return ForeignCell(cell.key, cell.kind, cell.role, cell.source, clean, keeps)


def _clean_part(source: str, needed: set[str], students: frozenset[str], *, imports_only: bool) -> str:
    """The statements that the tests need and that use nothing of the student's."""
    kept: list[str] = []
    for statement in reversed(statements(source)):
        is_import = isinstance(statement, ast.Import | ast.ImportFrom)
        defines = defined_names(statement)
        if (
            (is_import or not imports_only)
            and not used_names(statement) & students
            and (defines & needed or "*" in defines)
        ):
            needed |= used_names(statement)
            kept.append(ast.unparse(statement))
    return "\n".join(reversed(kept))


def _may_give_credit(source: str) -> bool:
    """Whether a test's last statement is a value of the test's own; a value of the student's must give no points."""
    last = ast.parse(source).body[-1]
    is_students = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and _is_value(last.value.func)
    return isinstance(last, ast.Expr) and not is_students


def _is_value(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == VALUE


def _tried(draft: _Draft, runner: Runner) -> ForeignAssignment:
    """The draft with its tests tried on the solution, until nothing more is learnt."""
    run = _brought_out(draft, runner)
    untouched = runner.run(Job("untouched", student_steps(draft.assignment(), {})))
    while True:
        assignment = draft.assignment()
        checked = runner.run(Job("solution/tests", test_steps(assignment, run)))
        vacuous = runner.run(Job("untouched/tests", test_steps(assignment, untouched)))
        has_changed = False
        for test in assignment.tests:
            if test.why:
                continue
            tested, values = draft.tested[test.cell], run.values.get(assignment.key_of(test), {})
            if _points(assignment, test, run, checked) < test.points:
                tested.why = _unbrought(tested, values) or _refused(verdict(assignment, test, run, checked))
            elif _points(assignment, test, untouched, vacuous) >= test.points:
                # Whatever it looked at, it was no value of the student's.
                tested.why = message("an untouched notebook passes it, too")
            has_changed |= tested.why is not None
        if not has_changed:
            return assignment


def _brought_out(draft: _Draft, runner: Runner) -> Run:
    """What the solution's process brings out, with every chain of every test as long as it must be."""
    solution = {cell.key: cell.source for cell in draft.cells if cell.role == "answer"}
    while True:
        earlier: list[ast.stmt] = []
        for tested in draft.tested.values():
            tested.divide(draft.own.students, list(earlier))
            earlier += [statement for statement, _ in tested.statements]
        assignment = draft.assignment()
        run = runner.run(Job("solution", student_steps(assignment, solution)))
        # It ends: each round makes a chain longer, keeps one more name, or gives a test up.
        if not _learn(draft, assignment, run):
            return run


def _learn(draft: _Draft, assignment: ForeignAssignment, run: Run) -> bool:
    """Take longer chains where a value could not be brought out; whether there was any."""
    has_learnt = False
    for test in assignment.tests:
        tested = draft.tested.get(test.cell)
        if not tested or tested.why or not tested.split:
            continue
        values = run.values.get(assignment.key_of(test), {})
        lengths, kept = dict(tested.choices.lengths), set(tested.choices.kept)
        for hoist, _kind, module in _opaque(tested.split, values):
            # A class of the notebook's own is what is tested; what it says of itself is the answer.
            if module != "__main__":
                tested.libraries.add(hoist.place)
            if hoist.longer is not None:
                lengths[hoist.place] = hoist.longer
            elif hoist.sets:
                kept.add(hoist.sets)
        for hoist in _verdicts(tested, tested.split, values):
            tested.why = message("{code} would decide beside the student's code", code=hoist.source[:80])
        choices = Choices(lengths, frozenset(kept))
        has_learnt |= choices != tested.choices or tested.why is not None
        tested.choices = choices
    return has_learnt


def _opaque(divided: Split, values: Values) -> Iterable[tuple[Hoist, str, str]]:
    for number, hoist in enumerate(divided.hoists):
        pieces = values.get(str(number))
        if isinstance(pieces, list) and (kind := opaque_type([str(piece) for piece in pieces])):
            yield hoist, *kind


def _verdicts(tested: _Tested, divided: Split, values: Values) -> Iterable[Hoist]:
    """The chains that end in true or false, on an object that a library made of the student's: `table.isEmpty()`."""
    for number, hoist in enumerate(divided.hoists):
        pieces = values.get(str(number))
        is_of_library = hoist.is_longer and hoist.place in tested.libraries
        if is_of_library and isinstance(pieces, list) and "".join(map(str, pieces)) in ("true", "false"):
            yield hoist


def _unbrought(tested: _Tested, values: Values) -> Message | None:
    if tested.split:
        for hoist, kind, _module in _opaque(tested.split, values):
            return message("{code} is a {type}, which cannot be brought out", code=hoist.source[:80], type=kind)
    return None


def _refused(values: Values) -> Message:
    failed = str(values.get("failed", "NotImplementedError"))
    return message("the solution itself does not pass: {type} {test}", type=failed, test=str(values.get("shown", "")))


def _points(assignment: ForeignAssignment, test: ForeignTest, run: Run, checked: Run) -> float:
    values = verdict(assignment, test, run, checked)
    (exercise,) = (one for one in foreign_exercises(assignment) if one.key == assignment.key_of(test))
    if values.get("untouched"):
        return -1
    met = [finding for finding in exercise.judge(values, None, Evidence()) if finding.met]
    return sum(finding.points for finding in met) if met else -1

"""A foreign assignment: another grader's cells and tests as data, kept in one file that the import writes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from lab_helpers.authoring import Lesson
from lab_helpers.authoring.lessons import Cell as LessonCell
from lab_helpers.errors import GradingError
from lab_helpers.grading.steps import Line
from lab_helpers.i18n import LOCALES, Message, _

FORMAT = 1
FILE_NAME = "assignment.json"
# given: the instructor's own. answer: code that the student fills in. test: decides points. written: text, by hand.
Role = Literal["given", "answer", "test", "written", "prose"]


@dataclass(frozen=True)
class ForeignCell:
    """One cell.

    source: as handed out, an answer with the solution between its marks; of a test only what is not hidden. clean: what
    of it the tests need, without a student's code. keeps: the names that it sets for good, whatever answers do to them.
    """

    key: str
    kind: str
    role: Role
    source: str
    clean: str = ""
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One statement of a test. source: as it runs, away from the student's code. shown: as written, "" if hidden."""

    source: str
    shown: str


@dataclass(frozen=True)
class ForeignTest:
    """What one cell gives points for.

    cell: its key. answer: the key of the cell that it tests, "" for none. why: the reason for which a person must give
    the points; None where the test does. program, names: see `steps.Expressions`. has_credit: whether its last
    statement may give a part of the points.
    """

    cell: str
    answer: str
    points: float
    title: str
    why: Message | None = None
    program: tuple[Line, ...] = ()
    names: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    has_credit: bool = False


@dataclass(frozen=True)
class ForeignAssignment:
    """One assignment. locale: the language of its feedback."""

    name: str
    locale: str
    cells: tuple[ForeignCell, ...]
    tests: tuple[ForeignTest, ...]

    def key_of(self, test: ForeignTest) -> str:
        """The key of the exercise that a test is."""
        return f"{self.name}.{test.cell}"

    @property
    def lesson(self) -> Lesson:
        """Its cells as a lesson, against which submissions are matched."""
        kinds = {cell.key: "code" if cell.kind == "code" else "markdown" for cell in self.cells}
        return Lesson(self.name, tuple(LessonCell(kinds[cell.key], cell.source, cell.key) for cell in self.cells))


def foreign_text(assignment: ForeignAssignment) -> str:
    """The one text of an assignment, hidden tests and all."""
    return json.dumps({"format": FORMAT, **asdict(assignment)}, indent=1, ensure_ascii=False) + "\n"


def write_foreign(assignment: ForeignAssignment, folder: Path) -> None:
    """Write it into `folder`. Raises what `require_free` raises."""
    require_free(folder)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{FILE_NAME}.draft"
    draft.write_text(foreign_text(assignment), "utf-8", errors="backslashreplace")
    draft.replace(folder / FILE_NAME)


def require_free(folder: Path) -> None:
    """Raises GradingError where `folder` holds anything but an earlier import."""
    file = folder / FILE_NAME
    if folder.exists() and not file.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GradingError(
            _("{folder} holds something already.").format(folder=folder.name),
            _("Name a folder that is empty or does not exist yet."),
        )


def read_foreign(folder: Path) -> ForeignAssignment:
    """The assignment in `folder`. Raises GradingError where there is none, or none of this version."""
    try:
        found: dict[str, Any] = json.loads((folder / FILE_NAME).read_text("utf-8"))
        if found["format"] != FORMAT or found["locale"] not in LOCALES:
            raise ValueError(found["format"])
        cells = tuple(ForeignCell(**{**cell, "keeps": tuple(cell["keeps"])}) for cell in found["cells"])
        return ForeignAssignment(found["name"], found["locale"], cells, tuple(map(_test, found["tests"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GradingError(
            _("There is no imported assignment in {folder}.").format(folder=folder.name),
            _("Import it (again) with: lab grade import-nbgrader SOURCE.ipynb FOLDER"),
        ) from error


def _test(found: dict[str, Any]) -> ForeignTest:
    return ForeignTest(
        cell=found["cell"],
        answer=found["answer"],
        points=found["points"],
        title=found["title"],
        why=Message(**found["why"]) if found["why"] else None,
        program=tuple(Line(**line) for line in found["program"]),
        names=tuple(found["names"]),
        statements=tuple(Statement(**statement) for statement in found["statements"]),
        has_credit=found["has_credit"],
    )

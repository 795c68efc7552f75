"""What makes a submission be graded again, and what does not."""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest

from lab_helpers.authoring import read_lessons
from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.fingerprint import lesson_fingerprint, submission_key
from lab_helpers.grading.layouts import Origin
from lab_helpers.grading.submissions import Submission
from tests.grading.handed_in import ROOT

SUBMISSION = Submission(PurePosixPath("ana.ipynb"), Origin("ana"), "abc", "04_new_notebook", "en")


@pytest.fixture(scope="module")
def lesson():
    return next(lesson for lesson in read_lessons(ROOT) if lesson.name.startswith("04"))


@pytest.fixture
def helpers(tmp_path) -> Path:
    """A folder of helpers with two lessons' exercises."""
    for name in (
        "exercises/catalog/lesson_04.py",
        "exercises/catalog/lesson_05.py",
        "exercises/judging.py",
        "grading/class_page.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    return tmp_path


def of(lesson, root, exercises=(EXERCISES["04.client"],), inputs=None, private=""):
    return lesson_fingerprint(lesson, exercises, inputs or {}, private, root)


def changed(folder: Path, name: str, into: Path) -> Path:
    """A copy of `folder` in which the file `name` says something else."""
    for path in folder.rglob("*.py"):
        target = into / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("x = 2\n" if target == into / name else path.read_text())
    return into


def test_the_same_gives_the_same(lesson, helpers, tmp_path_factory):
    elsewhere = changed(helpers, "", tmp_path_factory.mktemp("elsewhere"))
    assert of(lesson, helpers) == of(lesson, elsewhere)


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("exercises/catalog/lesson_04.py", True),
        ("exercises/judging.py", True),
        ("exercises/catalog/lesson_05.py", False),
        ("grading/class_page.py", False),
    ],
)
def test_a_changed_exercise_grades_its_own_lesson_again(name, again, lesson, helpers, tmp_path_factory):
    other = changed(helpers, name, tmp_path_factory.mktemp("other"))
    assert (of(lesson, helpers) != of(lesson, other)) == again


def test_prose_is_not_graded(lesson, helpers):
    first = lesson.cells[0]
    told = replace(lesson, cells=(replace(first, source=first.source + " More."), *lesson.cells[1:]))
    assert first.kind == "markdown"
    assert of(told, helpers) == of(lesson, helpers)


def test_code_points_inputs_and_the_private_set_are(lesson, helpers):
    code = next(place for place, cell in enumerate(lesson.cells) if cell.kind == "code")
    cells = list(lesson.cells)
    cells[code] = replace(cells[code], source=cells[code].source + "\n1")
    worth_more = SimpleNamespace(key="04.client", points=6)
    ways = [
        of(lesson, helpers),
        of(replace(lesson, cells=tuple(cells)), helpers),
        of(lesson, helpers, (worth_more,)),
        of(lesson, helpers, inputs={"04.client": [1]}),
        of(lesson, helpers, private="p"),
    ]
    assert len(set(ways)) == len(ways)


def test_a_key_is_of_the_bytes_the_place_and_the_lesson():
    keys = [
        submission_key(SUBMISSION, "f"),
        submission_key(SUBMISSION, "g"),
        submission_key(replace(SUBMISSION, digest="abd"), "f"),
        submission_key(replace(SUBMISSION, path=PurePosixPath("bia.ipynb")), "f"),
        submission_key(replace(SUBMISSION, locale="pt-BR"), "f"),
    ]
    assert len(set(keys)) == len(keys)
    assert submission_key(replace(SUBMISSION), "f") == keys[0]

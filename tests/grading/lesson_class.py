"""A class of our own lessons 5, 6 and 7 as students hand them in, with the points that each notebook must get."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from lab_helpers.authoring import student_source
from lab_helpers.exercises import EXERCISES, Exercise
from tests.exercises.cells import ANSWERS, Learner, cell_of, filled, solution_of

ROOT = Path(__file__).parents[2]
LESSONS = ("05_responsible_ai", "06_measure_the_bias", "07_mitigate_and_measure_again")
LOCALES = ("en", "pt-BR")
# Of twenty students: how many hand in what.
KINDS = {"right": 7, "wrong": 5, "edited": 3, "raising": 2, "slow": 2, "empty": 1}
SLEEP_S = 1
RAISING = 'raise ValueError("not yet")'
# The stand-in of a model answers it; of what was really asked there is no recording, so that the cell raises.
_NEVER_RECORDED = ("07.after", "forgot the system message")

Notebook = dict[str, Any]


@dataclass(frozen=True)
class HandedIn:
    """One student's notebook. points: what it must get."""

    student: str
    kind: str
    lesson: str
    locale: str
    notebook: Notebook
    points: float


def write_lesson_class(folder: Path, n: int, seed: int = 0) -> dict[str, float]:
    """Write the class, each notebook in a student's own folder; the points each must get, by its path."""
    expected = {}
    for one in lesson_class(n, seed):
        path = Path(one.student, f"{one.lesson}.ipynb")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps(one.notebook, ensure_ascii=False), encoding="utf-8")
        expected[path.as_posix()] = one.points
    return expected


def lesson_class(n: int, seed: int = 0) -> list[HandedIn]:
    """`n` notebooks, a third of each lesson, both locales, kinds in the shares of KINDS; the same for the same seed."""
    random = Random(seed)
    kinds = list(islice(cycle(random.sample([*KINDS], counts=[*KINDS.values()], k=sum(KINDS.values()))), n))
    made = []
    for place, kind in enumerate(kinds):
        lesson, locale = LESSONS[place % len(LESSONS)], LOCALES[place // len(LESSONS) % len(LOCALES)]
        notebook, points = _MAKERS[kind](handed_out(lesson, locale), lesson, random)
        made.append(HandedIn(f"s{place + 1:04d}", kind, lesson, locale, notebook, points))
    return made


def handed_out(lesson: str, locale: str) -> Notebook:
    """The notebook that the course gives to students."""
    return deepcopy(_read(lesson, locale))


@lru_cache
def _read(lesson: str, locale: str) -> Notebook:
    return json.loads((ROOT / "course" / locale / f"{lesson}.ipynb").read_text(encoding="utf-8"))


def exercises_of(lesson: str) -> list[Exercise]:
    """The exercises of a lesson."""
    return [exercise for exercise in EXERCISES.values() if exercise.lesson == lesson[:2]]


@lru_cache
def points_of(key: str, answer: str) -> float:
    """What `answer` in the solution's place earns: by the exercise's judge alone, on the tests' stand-in of a model."""
    learner = Learner(key)
    try:
        learner.answers(answer)
    except Exception:
        return 0
    return learner.hands_in(EXERCISES[key].examples()).points


def right(notebook: Notebook, lesson: str) -> tuple[Notebook, float]:
    """`notebook` with the lesson's own solutions filled in, and the points of all its exercises."""
    for exercise in exercises_of(lesson):
        _answer(notebook, exercise, filled(cell_of(exercise).source, solution_of(exercise)))
    return notebook, sum(exercise.points for exercise in exercises_of(lesson))


def _wrong(notebook: Notebook, lesson: str, random: Random) -> tuple[Notebook, float]:
    points = 0.0
    for exercise in exercises_of(lesson):
        mistake = random.choice(sorted(ANSWERS[exercise.key].wrong))
        answer = ANSWERS[exercise.key].wrong[mistake]
        _answer(notebook, exercise, filled(cell_of(exercise).source, answer))
        points += 0 if (exercise.key, mistake) == _NEVER_RECORDED else points_of(exercise.key, answer)
    return notebook, points


def _empty(notebook: Notebook, lesson: str, random: Random) -> tuple[Notebook, float]:
    return notebook, 0


def _raising(notebook: Notebook, lesson: str, random: Random) -> tuple[Notebook, float]:
    # A loop over nothing never comes to the line that raises, and may earn a point for that.
    for exercise in exercises_of(lesson):
        _answer(notebook, exercise, filled(cell_of(exercise).source, RAISING))
    return notebook, sum(points_of(exercise.key, RAISING) for exercise in exercises_of(lesson))


def _slow(notebook: Notebook, lesson: str, random: Random) -> tuple[Notebook, float]:
    notebook, points = right(notebook, lesson)
    cell = _cell(notebook, random.choice(exercises_of(lesson)).cell)
    cell["source"] = f"import time\n\ntime.sleep({SLEEP_S})\n{cell['source']}"
    return notebook, points


def _edited(notebook: Notebook, lesson: str, random: Random) -> tuple[Notebook, float]:
    """Right answers among given cells that were edited, moved, deleted or renamed."""
    notebook, points = right(notebook, lesson)
    answers = {exercise.cell for exercise in exercises_of(lesson)}
    given = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["id"] not in answers]
    random.choice(_EDITS)(notebook, random.choice(given), random)
    return notebook, points


def _edit(notebook: Notebook, cell: Notebook, random: Random) -> None:
    cell["source"] = "x = 1  # tried something\n" + "".join(cell["source"])


def _move(notebook: Notebook, cell: Notebook, random: Random) -> None:
    notebook["cells"].remove(cell)
    notebook["cells"].insert(random.randrange(len(notebook["cells"])), cell)


def _delete(notebook: Notebook, cell: Notebook, random: Random) -> None:
    notebook["cells"].remove(cell)


def _rename(notebook: Notebook, cell: Notebook, random: Random) -> None:
    cell["id"], cell["metadata"] = f"renamed-{random.randrange(1000)}", {}


_EDITS: tuple[Callable[[Notebook, Notebook, Random], None], ...] = (_edit, _move, _delete, _rename)
_MAKERS: dict[str, Callable[[Notebook, str, Random], tuple[Notebook, float]]] = {
    "right": lambda notebook, lesson, random: right(notebook, lesson),
    "wrong": _wrong,
    "empty": _empty,
    "raising": _raising,
    "slow": _slow,
    "edited": _edited,
}


def _answer(notebook: Notebook, exercise: Exercise, source: str) -> None:
    cell = _cell(notebook, exercise.cell)
    assert "".join(cell["source"]) == student_source(cell_of(exercise).source), "lab build, then again"
    cell["source"] = source


def _cell(notebook: Notebook, key: str) -> Notebook:
    return next(cell for cell in notebook["cells"] if cell["id"] == key)

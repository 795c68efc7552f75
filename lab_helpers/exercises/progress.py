"""Progress: what a learner has done so far, lesson by lesson."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from lab_helpers.exercises.catalog import EXERCISES
from lab_helpers.exercises.journal import noted, progress_file
from lab_helpers.exercises.outcomes import Status
from lab_helpers.exercises.quizzes import QUIZZES
from lab_helpers.i18n import _, message

_STATES = {
    Status.NOT_ATTEMPTED: message("– open"),
    Status.ERROR: message("○ begun"),
    Status.NOT_YET: message("○ begun"),
    Status.CORRECT: message("✓ done"),
}
_RANK = list(_STATES)


@dataclass(frozen=True, repr=False)
class Progress:
    """Each exercise's and each quiz's best outcome so far, by key; and how many hints were taken."""

    best: dict[str, Status]
    hints: dict[str, int]
    quizzes: dict[str, Status] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, str, str, str, int]]:
        """lesson, key, title, state, hints taken: one row per exercise and quiz of the course, lesson by lesson."""
        rows = [
            (exercise.lesson, key, str(exercise.title), _state(self.best, key), self.hints.get(key, 0))
            for key, exercise in EXERCISES.items()
        ]
        rows += [
            (quiz.lesson, key, _("Quiz: {title}").format(title=quiz.title), _state(self.quizzes, key), 0)
            for key, quiz in QUIZZES.items()
        ]
        yield from sorted(rows, key=lambda row: row[0])

    @property
    def summary(self) -> str:
        """How many exercises and quizzes are done."""
        return ", ".join(
            [
                _("{done} of {total} exercises done").format(done=_done(self.best), total=len(EXERCISES)),
                _("{done} of {total} quizzes done").format(done=_done(self.quizzes), total=len(QUIZZES)),
            ]
        )

    def __repr__(self) -> str:
        lines = [f"{key:<22} {state:<10} {title}" for _lesson, key, title, state, _hints in self.rows()]
        return "\n".join([self.summary, *lines])

    def _repr_html_(self) -> str:
        headings = (_("Lesson"), _("Exercise"), _("What it is"), _("State"), _("Hints"))
        head = "".join(f'<th scope="col" style="text-align:left">{escape(heading)}</th>' for heading in headings)
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{escape(str(cell))}</td>' for cell in row) + "</tr>"
            for row in self.rows()
        )
        table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f"<table><caption>{escape(self.summary)}</caption>{table}</table>"


def progress() -> Progress:
    """What is done, per lesson and exercise, read from the learner's own file."""
    return read_progress(progress_file())


def read_progress(path: Path) -> Progress:
    """The progress noted in the journal `path`."""
    best: dict[str, Status] = {}
    quizzes: dict[str, Status] = {}
    hints: dict[str, int] = {}
    for line in noted(path):
        event, key, what = line.get("event"), line.get("key", ""), line.get("what")
        if event == "quiz" and key in QUIZZES:
            _keep_best(quizzes, key, what)
        elif event == "hint" and key in EXERCISES:
            hints[key] = hints.get(key, 0) + 1
        elif event == "check" and key in EXERCISES:
            _keep_best(best, key, what)
    return Progress(best, hints, quizzes)


def _keep_best(best: dict[str, Status], key: str, what: str | None) -> None:
    if what in list(Status):
        best[key] = max(best.get(key, Status.NOT_ATTEMPTED), Status(what), key=_RANK.index)


def _state(best: dict[str, Status], key: str) -> str:
    return str(_STATES[best.get(key, Status.NOT_ATTEMPTED)])


def _done(best: dict[str, Status]) -> int:
    return sum(status == Status.CORRECT for status in best.values())

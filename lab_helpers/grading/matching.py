"""Matching: which cell of a submission answers which exercise, however the notebook was rearranged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lab_helpers.authoring import Lesson, student_source
from lab_helpers.authoring.student import is_exercise
from lab_helpers.grading.names import defined_names, used_names
from lab_helpers.grading.submissions import Submission, SubmittedCell
from lab_helpers.i18n import Message, message


@dataclass(frozen=True)
class Answers:
    """A submission's answers. sources: the code of each answer cell of the lesson that is there, by the cell's key."""

    sources: dict[str, str] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()


def match_answers(lesson: Lesson, submission: Submission) -> Answers:
    """The answers of `submission` to the exercises of `lesson`.

    An answer is found by its cell's id or key, else by the names that the cell is to define. Of duplicates the last one
    that was filled in counts. A cell of the student's own in front of an answer goes with it where the answer uses what
    it defines. Duplicates, deletions, a changed order and edits of given cells become notes and cost nothing: given
    cells are always taken from `lesson`.
    """
    handed_out = {cell.key: student_source(cell.source) for cell in lesson.cells if cell.kind == "code"}
    asked = [cell for cell in lesson.cells if cell.kind == "code" and is_exercise(cell.source)]
    code = [cell for cell in submission.cells if cell.kind == "code"]
    notes = list(_notes_on_given(lesson, submission, {cell.key for cell in asked}, handed_out))
    sources = {}
    for cell in asked:
        found, note = _answer(cell.key, defined_names(cell.source), handed_out, code)
        notes += [note] if note else []
        if found is not None:
            sources[cell.key] = _with_own_cells(found, code, handed_out)
    return Answers(sources, tuple(notes))


def _answer(
    key: str, names: set[str], handed_out: dict[str, str], code: Sequence[SubmittedCell]
) -> tuple[SubmittedCell | None, Message | None]:
    same = [cell for cell in code if key in (cell.id, cell.key)]
    if len(same) == 1:
        return same[0], None
    if same:
        filled = [cell for cell in same if cell.source.strip() != handed_out[key].strip()]
        note = message("Cell {cell} is there {n} times; the last one that was filled in counts.", cell=key, n=len(same))
        return (filled or same)[-1], note
    given = set(handed_out.values())
    similar = [cell for cell in code if cell.source not in given and names & defined_names(cell.source)]
    if similar:
        return similar[-1], message("Cell {cell} was found by the names it defines.", cell=key)
    return None, message("Cell {cell} is missing.", cell=key)


def _with_own_cells(answer: SubmittedCell, code: Sequence[SubmittedCell], handed_out: dict[str, str]) -> str:
    """The answer's source, after those of the student's own cells before it that define what it uses."""
    place = next(place for place, cell in enumerate(code) if cell is answer)
    own = [cell for cell in code[:place] if cell.id not in handed_out and cell.key not in handed_out]
    needed, sources = used_names(answer.source), [answer.source]
    for cell in reversed(own):
        if needed & defined_names(cell.source):
            needed |= used_names(cell.source)
            sources.insert(0, cell.source)
    return "\n\n".join(sources)


def _notes_on_given(
    lesson: Lesson, submission: Submission, answers: set[str], handed_out: dict[str, str]
) -> Iterable[Message]:
    places = {cell.key: place for place, cell in enumerate(lesson.cells)}
    seen = [cell for cell in submission.cells if (cell.id in places or cell.key in places)]
    order = [places.get(cell.id, places.get(cell.key, 0)) for cell in seen]
    if order != sorted(order):
        yield message("The cells are in another order than handed out; ours was used.")
    there = {cell.id for cell in seen} | {cell.key for cell in seen}
    if missing := [key for key in handed_out if key not in there and key not in answers]:
        yield message("Given cells are missing, and were put back: {cells}.", cells=", ".join(missing))
    sources = {cell.id or cell.key: cell.source for cell in seen if cell.kind == "code"}
    edited = [
        key
        for key, source in sources.items()
        if key in handed_out
        and key not in answers
        and key != "parameters"
        and source.strip() != handed_out[key].strip()
    ]
    if edited:
        yield message("Given cells were edited; ours were used: {cells}.", cells=", ".join(edited))

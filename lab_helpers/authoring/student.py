"""Solution regions: the marks nbgrader knows, the student's stub in their place, lines that give a solution away."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import _

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
# nbgrader's ClearSolutions writes the same, so either tool makes the same student notebook.
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")

_MARK_LIKE = re.compile(r"#.*\b(BEGIN|END)[\W_]*SOLUTIONS?\b", re.IGNORECASE)
_TERM = re.compile(r"\w+(?:\.\w+)*")
_TELLING_TERMS = 3


def is_exercise(source: str) -> bool:
    """Whether a code cell holds a solution region."""
    return any(line.strip() == BEGIN for line in source.splitlines())


def student_source(source: str) -> str:
    """`source` with each solution region replaced by a stub of the same indentation.

    Raises AuthoringError for a mark that is misspelt, nested, never closed or never opened.
    """
    lines: list[str] = []
    for place, line in _placed(source):
        if place == "begin":
            lines += [_indentation(line) + stub for stub in STUB]
        elif place == "outside":
            lines.append(line)
    return "\n".join(lines)


def solution_lines(source: str) -> list[str]:
    """The lines inside solution regions, as written. Raises what `student_source` raises."""
    return [line for place, line in _placed(source) if place == "inside"]


def given_away(solutions: list[str], source: str) -> list[str]:
    """The telling lines of `solutions` that a code cell `source` holds, whatever the spaces and comment signs around.

    A line is telling when it has three names or values besides keywords: `gap = women - men` is, `return gap` is not.
    """
    shown = [_squeezed(line) for line in source.splitlines()]
    telling = dict.fromkeys(line.strip() for line in solutions if _is_telling(line))
    return [line for line in telling if any(_squeezed(line) in other for other in shown)]


def _placed(source: str) -> Iterator[tuple[str, str]]:
    """Each line with its place: "outside", "inside", or the mark "begin" or "end"."""
    inside = False
    for line in source.splitlines():
        mark = line.strip()
        if mark not in (BEGIN, END):
            if _MARK_LIKE.search(line):
                raise _bad_mark(_("The line {line!r} is almost a solution mark.").format(line=mark))
            yield ("inside" if inside else "outside"), line
            continue
        if inside == (mark == BEGIN):
            raise _bad_mark(
                _("A solution region begins inside another.")
                if inside
                else _("A solution region ends that never began.")
            )
        inside = mark == BEGIN
        yield ("begin" if inside else "end"), line
    if inside:
        raise _bad_mark(_("A solution region never ends."))


def _bad_mark(problem: str) -> AuthoringError:
    return AuthoringError(
        problem, _("Write {begin} and {end}, each alone on its line.").format(begin=repr(BEGIN), end=repr(END))
    )


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _is_telling(line: str) -> bool:
    return sum(not keyword.iskeyword(term) for term in _TERM.findall(line)) >= _TELLING_TERMS

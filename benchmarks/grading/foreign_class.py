"""A class of one small assignment, plain or with Spark, for nbgrader, otter and us, with the points each must get.

Three questions of 2, 3 and 5 points, each with a test that students see and one that they do not; the last builds on
the second. Of five answers to a question three are right, one is wrong and one raises; one student in twenty hands in
what was handed out.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from lab_helpers.authoring import student_source

Flavour = Literal["plain", "spark"]
Notebook = dict[str, Any]

ASSIGNMENT = "loans"
_HIDDEN = re.compile(r"\n### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS", re.DOTALL)
_APPLICANTS = (
    'applicants = [{"region": "north" if n % 2 else "south", "approved": int(n % 3 == 0), '
    '"note": f"call +55 11 5550-{n:04d} again"} for n in range(30)]'
)
_CLASSIC = """
spark = (SparkSession.builder.master("local[1]").appName("loans").config("spark.ui.enabled", "false")
         .config("spark.ui.showConsoleProgress", "false").config("spark.sql.shuffle.partitions", "1").getOrCreate())
spark.sparkContext.setLogLevel("ERROR")
"""
_TABLE = f"{_APPLICANTS}\ntable = spark.createDataFrame(applicants)"
# nbgrader counts what Spark's progress bar writes as an error, so it is off; a Connect server writes none.
SET_UP = {
    "plain": f"import re\n\n{_APPLICANTS}",
    "spark": f"import pyspark.sql.functions as F\nfrom pyspark.sql import SparkSession\n{_CLASSIC}{_TABLE}",
    "spark, ours": "import pyspark.sql.functions as F\nfrom lab_helpers import spark_session\n\n"
    f"spark = spark_session()\n{_TABLE}",
}


@dataclass(frozen=True)
class Question:
    """One question: the function asked for, its bodies without indentation, and its two tests."""

    key: str
    title: str
    points: int
    head: str
    right: str
    wrong: str
    raising: str
    shown: str
    hidden: str

    def cell(self, kind: str) -> str:
        """The cell of an answer of this kind."""
        return self.head + "\n" + _indented({"right": self.right, "wrong": self.wrong, "raising": self.raising}[kind])


_PHONE = r"r'\+?\d[\d ]+-\d+'"
_PLAIN = (
    Question(
        "masked",
        "Hide telephone numbers",
        2,
        "def masked(note):",
        f"return re.sub({_PHONE}, '[PHONE]', note)",
        "return note",
        "raise ValueError('later')",
        "assert masked('55 5550-1234') == '[PHONE]'",
        "assert masked(applicants[7]['note']) == 'call [PHONE] again'",
    ),
    Question(
        "share",
        "Share of approvals in a region",
        3,
        "def share(applicants, region):",
        "told = [one['approved'] for one in applicants if one['region'] == region]\nreturn sum(told) / len(told)",
        "return 0.0",
        "return applicants[region]",
        "assert abs(share(applicants, 'north') - 1 / 3) < 1e-9",
        "assert abs(share(applicants[:3], 'south') - 0.5) < 1e-9",
    ),
    Question(
        "difference",
        "Difference between the regions",
        5,
        "def difference(applicants):",
        "return abs(share(applicants, 'north') - share(applicants, 'south'))",
        "return 1.0",
        "return 1 / 0",
        "assert difference(applicants) < 0.01",
        "assert abs(difference(applicants[:4]) - 0.0) < 1e-9",
    ),
)
_SPARK = (
    Question(
        "masked",
        "Hide telephone numbers",
        2,
        "def masked(table):",
        f"return table.withColumn('note', F.regexp_replace('note', {_PHONE}, '[PHONE]'))",
        "return table",
        "raise ValueError('later')",
        "assert masked(table).first()['note'] == 'call [PHONE] again'",
        "assert masked(table).filter(F.col('note').contains('5550')).count() == 0",
    ),
    Question(
        "shares",
        "Share of approvals in each region",
        3,
        "def shares(table):",
        "return table.groupBy('region').agg(F.avg('approved').alias('share'))",
        "return table.groupBy('region').agg(F.max('approved').alias('share'))",
        "return table.select('nothing')",
        "assert shares(table).count() == 2",
        "assert all(abs(row['share'] - 1 / 3) < 1e-9 for row in shares(table).collect())",
    ),
    Question(
        "difference",
        "Difference between the regions",
        5,
        "def difference(table):",
        "found = [row['share'] for row in shares(table).collect()]\nreturn max(found) - min(found)",
        "return 1.0",
        "return 1 / 0",
        "assert difference(table) < 0.01",
        "assert abs(difference(table.limit(6)) - 0.0) < 1e-9",
    ),
)
QUESTIONS: dict[Flavour, tuple[Question, ...]] = {"plain": _PLAIN, "spark": _SPARK}


def student(place: int) -> str:
    """The name of the student at this place, from 0."""
    return f"s{place + 1:04d}"


def kinds(place: int) -> tuple[str, ...]:
    """What the student at this place answers to the three questions; `empty` for what was handed out."""
    if place % 20 == 19:
        return ("empty",) * 3
    return tuple(("right", "right", "right", "wrong", "raising")[place // step % 5] for step in (1, 2, 3))


def expected(flavour: Flavour, n: int) -> dict[str, float]:
    """The points of each student: those of what is right; the last question needs a second that does not raise."""
    points = {}
    for place in range(n):
        given = kinds(place)
        right = [kind == "right" for kind in given]
        right[2] = right[2] and given[1] in ("right", "wrong")
        points[student(place)] = sum(q.points for q, ok in zip(QUESTIONS[flavour], right, strict=True) if ok)
    return points


def nbgrader_source(flavour: Flavour, set_up: str) -> Notebook:
    """The instructor's notebook for nbgrader, and for our import of such."""
    cells = [_code(SET_UP[set_up], "set-up", _nbgrader("set-up", locked=True))]
    for question in QUESTIONS[flavour]:
        cells += [
            _markdown(f"## {question.title} ({question.points} points)", f"{question.key}-title"),
            _code(
                f"{question.head}\n" + _indented(f"### BEGIN SOLUTION\n{question.right}\n### END SOLUTION"),
                f"{question.key}-answer",
                _nbgrader(f"{question.key}-answer", solution=True),
            ),
            _code(
                f"{question.shown}\n### BEGIN HIDDEN TESTS\n{question.hidden}\n### END HIDDEN TESTS",
                f"{question.key}-test",
                _nbgrader(f"{question.key}-test", grade=True, locked=True, points=question.points),
            ),
        ]
    return _notebook(cells)


def released(source: Notebook) -> Notebook:
    """What nbgrader's own generator makes of its source: a stub for each solution, no hidden test."""
    notebook = deepcopy(source)
    for cell in notebook["cells"]:
        cell["source"] = student_source(_HIDDEN.sub("", cell["source"]))
    return notebook


def otter_source(flavour: Flavour) -> Notebook:
    """The instructor's notebook for `otter assign`."""
    config = "# ASSIGNMENT CONFIG\ninit_cell: true\nexport_cell: false\ncheck_all_cell: false\ngenerate:\n  zips: false"
    cells = [_raw(config), _code(SET_UP[flavour], "set-up")]
    for question in QUESTIONS[flavour]:
        solution = f"{question.head}\n" + _indented(f"# BEGIN SOLUTION\n{question.right}\n# END SOLUTION")
        cells += [
            _raw(f"# BEGIN QUESTION\nname: {question.key}\npoints: {question.points}\nall_or_nothing: true"),
            _markdown(f"## {question.title} ({question.points} points)"),
            _raw("# BEGIN SOLUTION"),
            _code(solution),
            _raw("# END SOLUTION"),
            _raw("# BEGIN TESTS"),
            _code(question.shown),
            _code(f"# HIDDEN\n{question.hidden}"),
            _raw("# END TESTS"),
            _raw("# END QUESTION"),
        ]
    return _notebook(cells)


def submissions(flavour: Flavour, released: Notebook, n: int) -> dict[str, Notebook]:
    """What each student hands in: `released`, as a tool's own generator made it, with the answers filled in."""
    return {student(place): _filled(flavour, released, kinds(place)) for place in range(n)}


def _filled(flavour: Flavour, released: Notebook, given: tuple[str, ...]) -> Notebook:
    notebook = deepcopy(released)
    for question, kind in zip(QUESTIONS[flavour], given, strict=True):
        if kind != "empty":
            _stub(notebook, question)["source"] = question.cell(kind)
    return notebook


def _stub(notebook: Notebook, question: Question) -> Notebook:
    return next(
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "".join(cell["source"]).startswith(question.head)
    )


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" for line in body.splitlines())


def _nbgrader(key: str, *, grade: bool = False, solution: bool = False, locked: bool = False, **more: int) -> Notebook:
    told = {"grade": grade, "grade_id": key, "locked": locked, "schema_version": 3, "solution": solution, "task": False}
    return {"nbgrader": {**told, **more}}


def _code(source: str, key: str = "", metadata: Notebook | None = None) -> Notebook:
    cell = {"cell_type": "code", "metadata": metadata or {}, "source": source, "execution_count": None, "outputs": []}
    return {**cell, "id": key} if key else cell


def _markdown(source: str, key: str = "") -> Notebook:
    return {**_text("markdown", source), "id": key} if key else _text("markdown", source)


def _raw(source: str) -> Notebook:
    return _text("raw", source)


def _text(kind: str, source: str) -> Notebook:
    return {"cell_type": kind, "metadata": {}, "source": source}


def _notebook(cells: list[Notebook]) -> Notebook:
    for place, cell in enumerate(cells):
        cell.setdefault("id", f"cell-{place}")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}

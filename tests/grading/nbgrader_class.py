"""An nbgrader assignment and a class that answers it, for tests: written as an instructor writes one."""

import json
from pathlib import Path

from lab_helpers.authoring import student_source
from lab_helpers.grading.nbgrader_source import read_source


def cell(kind, source, *, key="", points=None, grade=False, solution=False, task=False):
    """One cell of a source notebook; nbgrader's own only where it has a key."""
    told = {"grade_id": key, "grade": grade, "solution": solution, "task": task, "locked": True, "schema_version": 3}
    if points is not None:
        told["points"] = points
    metadata = {"nbgrader": told} if key else {}
    made = {"cell_type": kind, "metadata": metadata, "source": source}
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def prose(source):
    return cell("markdown", source)


def given(source, key=""):
    return cell("code", source, key=key)


def answer(key, head, solution=""):
    """A cell that the student fills: `head`, then the solution; without one, `head` is all of it."""
    inner = f"{head}\n    ### BEGIN SOLUTION\n{solution}\n    ### END SOLUTION" if solution else head
    return cell("code", inner, key=key, solution=True)


def checked(key, points, shown, hidden=""):
    """A cell of asserts, some of which nbgrader hides."""
    source = f"{shown}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS" if hidden else shown
    return cell("code", source, key=key, grade=True, points=points)


def notebook(cells):
    """The text of a notebook."""
    python = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    numbered = [{"id": f"c{number}", **each} for number, each in enumerate(cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": python, "cells": numbered})


def write_source(folder: Path, *cells, name="lab"):
    """Write an instructor's notebook; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    path.write_text(notebook(cells), "utf-8")
    return path


def released(path):
    """The cells as nbgrader hands them out, by grade_id in order: stubs, and no hidden test."""
    found = json.loads(path.read_text("utf-8"))["cells"]
    for each, read in zip(found, read_source(path), strict=True):
        each["source"] = student_source(read.source) if read.role == "answer" else read.source
    return found


def handed_in(path, **answers):
    """The text of a submission: what was released, with `answers` by grade_id in their places."""
    cells = released(path)
    for each in cells:
        key = each["metadata"].get("nbgrader", {}).get("grade_id")
        each["source"] = answers.get(key, each["source"])
    return notebook(cells)


# Three questions on a ledger of votes; the third needs the second.
VOTES = "votes = [{'ward': 'north' if n % 2 else 'south', 'yes': n % 3 == 0} for n in range(30)]"
KINDS = {
    "clean": {
        "right": "def clean(name):\n    return ' '.join(name.split()).title()",
        "wrong": "def clean(name):\n    return name",
        "raises": "def clean(name):\n    raise LookupError(name)",
    },
    "share": {
        "right": "def share(votes, ward):\n    own = [v['yes'] for v in votes if v['ward'] == ward]\n"
        "    return sum(own) / len(own)",
        "wrong": "def share(votes, ward):\n    return 0.0",
        "raises": "def share(votes, ward):\n    return votes[ward]",
    },
    "spread": {
        "right": "def spread(votes):\n    return abs(share(votes, 'north') - share(votes, 'south'))",
        "wrong": "def spread(votes):\n    return 1.0",
        "raises": "def spread(votes):\n    return 1 / 0",
    },
}
POINTS = {"clean": 2, "share": 3, "spread": 5}
LEDGER = (
    prose("# Votes"),
    given(VOTES, "votes"),
    prose("## Clean names"),
    answer("clean", "def clean(name):", "    return ' '.join(name.split()).title()"),
    checked("clean-test", 2, "assert clean('  ana  souza') == 'Ana Souza'", "assert clean('BIA') == 'Bia'"),
    prose("## Shares"),
    answer(
        "share",
        "def share(votes, ward):",
        "    own = [v['yes'] for v in votes if v['ward'] == ward]\n    return sum(own) / len(own)",
    ),
    checked(
        "share-test",
        3,
        "assert abs(share(votes, 'north') - 1 / 3) < 1e-9",
        "assert abs(share(votes[:3], 'south') - 0.5) < 1e-9",
    ),
    prose("## Spread"),
    answer("spread", "def spread(votes):", "    return abs(share(votes, 'north') - share(votes, 'south'))"),
    checked("spread-test", 5, "assert spread(votes) < 0.01", "assert abs(spread(votes[:4]) - 0.0) < 1e-9"),
)


def kinds(n):
    """What student `n` of 20 answers to each question."""
    if n == 19:
        return dict.fromkeys(KINDS, "stub")
    order = ["right", "right", "right", "wrong", "raises"]
    return {question: order[n // every % 5] for question, every in zip(KINDS, (1, 2, 3), strict=True)}


def expected_points(chosen):
    """By question. A spread is right only upon a share that can be computed."""
    is_computed = chosen["share"] in ("right", "wrong")
    return {
        question: POINTS[question] if kind == "right" and (question != "spread" or is_computed) else 0
        for question, kind in chosen.items()
    }

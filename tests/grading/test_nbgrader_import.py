"""An instructor's nbgrader assignment in our grader: the same points, and no verdict where a student's code runs."""

import csv
import json
from pathlib import PurePosixPath

import pytest
from click.testing import CliRunner

from lab_helpers.authoring import student_source
from lab_helpers.cli import main
from lab_helpers.errors import AuthoringError, GradingError
from lab_helpers.grading import Store
from lab_helpers.grading.foreign import foreign_exercises, grade_foreign
from lab_helpers.grading.foreign_assignment import FILE_NAME, read_foreign, write_foreign
from lab_helpers.grading.nbgrader_import import imported
from lab_helpers.grading.nbgrader_source import read_source
from lab_helpers.grading.running import Limits, Runner
from lab_helpers.grading.submissions import read_submission
from tests.grading.nbgrader_class import (
    KINDS,
    LEDGER,
    answer,
    cell,
    checked,
    expected_points,
    given,
    handed_in,
    kinds,
    prose,
    write_source,
)


@pytest.fixture(scope="module")
def runner():
    with Runner(Limits(cell_s=2, probe_s=2)) as opened:
        yield opened


@pytest.fixture(scope="module")
def ledger(runner, tmp_path_factory):
    """The assignment of LEDGER; `grade(**answers)` gives the record of a submission."""
    return Imported(runner, write_source(tmp_path_factory.mktemp("source"), *LEDGER))


@pytest.fixture
def assignment(runner, tmp_path):
    """Import the cells of a test's own assignment."""
    return lambda *cells: Imported(runner, write_source(tmp_path, *cells))


class Imported:
    def __init__(self, runner, path):
        self.path = path
        self.runner = runner
        self.foreign = imported(path.stem, read_source(path), runner)
        self.exercises = foreign_exercises(self.foreign)

    def why(self, key):
        """Why a test is left to a person; None where it is automatic."""
        (test,) = (test for test in self.foreign.tests if test.cell == key)
        return test.why and str(test.why)

    def solved(self):
        """The instructor's own answers."""
        return {cell.key: cell.source for cell in read_source(self.path) if cell.role == "answer"}

    def grade(self, **answers):
        return self.grade_text(handed_in(self.path, **answers))

    def grade_text(self, text):
        lessons = {self.foreign.name: [cell.key for cell in self.foreign.cells]}
        submission = read_submission(PurePosixPath("ana.ipynb"), text.encode(), lessons)
        return grade_foreign(submission, "0" * 64, self.foreign, self.exercises, self.runner)


def points(record):
    return {one.key.partition(".")[2]: one.points for one in record.exercises}


def marks(record):
    return {one.key.partition(".")[2]: str(one.mark) for one in record.exercises}


def right():
    return {question: sources["right"] for question, sources in KINDS.items()}


# A class.


def lab(*words):
    return CliRunner().invoke(main, ["grade", *map(str, words), "--locale", "en"])


def test_a_class_of_twenty_gets_the_very_points_that_nbgrader_gives(tmp_path):
    source = write_source(tmp_path / "source", *LEDGER)
    imported = lab("import-nbgrader", source, tmp_path / "lab", "--force-unisolated")
    assert imported.exit_code == 0, imported.output
    assert "3 questions are graded automatically" in imported.output
    expected = {}
    for n in range(20):
        chosen = kinds(n)
        own = {question: KINDS[question][kind] for question, kind in chosen.items() if kind != "stub"}
        folder = tmp_path / "class" / f"s{n:02}" / "lab"
        folder.mkdir(parents=True)
        (folder / "lab.ipynb").write_text(handed_in(source, **own), "utf-8")
        expected[f"s{n:02}"] = [float(point) for point in expected_points(chosen).values()]
    words = ("class", tmp_path / "class", "--out", tmp_path / "out", "--assignment", tmp_path / "lab")
    graded = lab(*words, "--force-unisolated")
    assert graded.exit_code == 0, graded.output
    rows = list(csv.DictReader((tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()))
    found = {row["student"]: [float(row[f"lab.{question}-test"]) for question in KINDS] for row in rows}
    assert found == expected
    assert "0 run, 20 in all" in lab(*words).output
    assert "Clean names" in (tmp_path / "out" / "class.html").read_text("utf-8")


def test_a_changed_hidden_test_grades_the_class_again(tmp_path, ledger):
    handed = tmp_path / "class"
    handed.mkdir()
    (handed / "ana.ipynb").write_text(handed_in(ledger.path, **right()), "utf-8")
    write_foreign(ledger.foreign, tmp_path / "lab")
    words = ("class", handed, "--out", tmp_path / "out", "--assignment", tmp_path / "lab", "--force-unisolated")
    assert "1 run" in lab(*words).output
    assert Store(tmp_path / "out").records()[0].points == 10
    file = tmp_path / "lab" / FILE_NAME
    file.write_text(file.read_text("utf-8").replace("== 'Bia'", "== 'Eva'"), "utf-8")
    assert "1 run" in lab(*words).output
    assert Store(tmp_path / "out").records()[0].points == 8


# What an assignment may hold.


def test_it_is_written_and_read_whole(ledger, tmp_path):
    write_foreign(ledger.foreign, tmp_path / "lab")
    assert read_foreign(tmp_path / "lab") == ledger.foreign


def test_the_cells_are_what_nbgrader_hands_out(ledger):
    cells = {cell.key: student_source(cell.source) for cell in ledger.foreign.lesson.cells}
    assert cells["clean"] == "def clean(name):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert cells["clean-test"] == "assert clean('  ana  souza') == 'Ana Souza'"


SQUARE = answer("square", "def square(x):", "    return x * x")
STACK = answer(
    "stack",
    "### BEGIN SOLUTION\nclass Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n"
    "        self.items.append(item)\n        return self\n\n    def is_empty(self):\n        return not self.items\n"
    "### END SOLUTION",
)
TABLE = answer("table", "import pandas as pd\ndef table(n):", "    return pd.DataFrame({'n': range(n)})")


@pytest.mark.parametrize(
    ("cells", "asserted"),
    [
        ([SQUARE], "assert square(3) == 9"),
        ([SQUARE], "x = 4\nassert square(x) == 16"),
        ([SQUARE], "found = [square(2), square(3)]\nassert found == [4, 9]\nassert sum(found) == 13, f'{square(2)}'"),
        ([SQUARE], "data = []\nfor n in range(3):\n    data.append(n)\nassert square(len(data)) == 9"),
        ([SQUARE], "try:\n    square('a')\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError('no error')"),
        ([SQUARE], "import math\nassert math.isclose(square(math.sqrt(2)), 2)"),
        ([SQUARE], "def close(a, b):\n    return abs(a - b) < 1e-9\n\nassert close(square(0.1), 0.01)"),
        ([SQUARE], "assert all(square(3) > n for n in range(9))"),
        ([answer("both", "def both(x):", "    return x, {x}, {x: None}")], "assert both(1) == (1, {1}, {1: None})"),
        ([answer("total", "### BEGIN SOLUTION\ntotal = 10 ** 30\n### END SOLUTION")], "assert total == 10 ** 30"),
        ([answer("total", "total = 5")], "assert total == 5"),
        ([SQUARE, given("nine = square(3)")], "assert nine == 9"),
        ([SQUARE, given("def twice(x):\n    return square(x) * 2")], "assert twice(2) == 8"),
        ([given("base = 3"), SQUARE], "assert square(base) == base ** 2"),
        ([STACK], "stack = Stack()\nstack.push(1)\nstack.push(2)\nassert stack.items == [1, 2]"),
        ([STACK], "assert Stack().push(5).items[0] == 5\nassert not Stack().push(5).is_empty()"),
        ([TABLE], "assert table(3)['n'].sum() == 3\nassert list(table(2).columns) == ['n']"),
        ([TABLE], "import pandas as pd\npd.testing.assert_frame_equal(table(2), pd.DataFrame({'n': [0, 1]}))"),
        ([TABLE], "expected = pd.DataFrame({'n': [0, 1]})\nassert table(2).equals(expected)"),
    ],
)
def test_a_test_of_this_kind_is_automatic_and_an_untouched_answer_fails_it(cells, asserted, assignment):
    made = assignment(*cells, checked("t", 3, asserted))
    assert made.why("t") is None
    assert points(made.grade(**made.solved())) == {"t": 3}
    assert points(made.grade()) == {"t": 0}


@pytest.mark.parametrize(
    ("cells", "asserted", "why"),
    [
        (
            [SQUARE],
            "for n in range(3):\n    assert square(n) == n * n",
            "square(n) uses n, which the test sets around it",
        ),
        ([SQUARE], "assert list(map(square, [1, 2])) == [1, 4]", "square is a function, which cannot be brought out"),
        (
            [SQUARE],
            "x, expected = 3, 9\nassert square(x) == expected",
            "x, expected = (3, 9) sets several names at once",
        ),
        ([SQUARE], "assert square(2) == 5", "the solution itself does not pass: AssertionError assert square(2) == 5"),
        ([SQUARE], "%%time\nassert square(2) == 4\n)", "it is not plain Python"),
        ([SQUARE], "square.name = 'x'\nx = square", "an untouched notebook passes it, too"),
    ],
)
def test_a_test_of_this_kind_is_left_to_a_person_and_the_table_says_why(cells, asserted, why, assignment):
    made = assignment(*cells, checked("t", 3, asserted), checked("u", 1, "assert square(1) == 1"))
    assert (made.why("t"), made.why("u")) == (why, None)
    assert points(made.grade(**made.solved())) == {"t": 0, "u": 1}


def test_what_nbgrader_leaves_to_a_person_is_left_to_a_person_here(assignment):
    essay = cell("markdown", "YOUR ANSWER HERE", key="essay", points=4, grade=True, solution=True)
    plot = cell("code", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", key="plot", points=2, grade=True, solution=True)
    task = cell("markdown", "Draw.", key="task", points=1, task=True)
    made = assignment(prose("## Essay"), essay, plot, task, SQUARE, checked("t", 1, "assert square(1) == 1"))
    record = made.grade(**made.solved(), essay="I think so.")
    assert points(record) == {"essay": 0, "plot": 0, "task": 0, "t": 1}
    assert marks(record) == {"essay": "not_yet", "plot": "not_yet", "task": "not_attempted", "t": "correct"}
    assert [str(one.findings[0].expected) for one in record.exercises[:2]] == ["this question is graded by hand"] * 2
    assert record.exercises[0].answer == "I think so."


@pytest.mark.parametrize(("returned", "given_points"), [("2", 1), ("4", 2), ("0", 0), ("-4", 0), ("100", 2)])
def test_a_number_as_a_tests_last_word_is_a_part_of_the_points(returned, given_points, assignment):
    made = assignment(answer("count", "def count():", "    return 4"), checked("t", 2, "found = count()\nfound / 2"))
    assert made.why("t") is None
    assert points(made.grade(count=f"def count():\n    return {returned}")) == {"t": given_points}


def test_a_students_own_value_as_a_tests_last_word_gives_no_part_of_the_points(assignment):
    made = assignment(answer("count", "def count():", "    return 4"), checked("t", 2, "assert count() > 1\ncount()"))
    assert made.why("t") is None
    assert points(made.grade(count="def count():\n    return 1")) == {"t": 0}


def test_feedback_names_the_visible_test_that_failed_and_of_a_hidden_one_nothing(ledger):
    shown = ledger.grade(**{**right(), "clean": "def clean(name):\n    return name"}).exercises[0]
    assert str(shown.findings[0].found) == "AssertionError in the test: assert clean('  ana  souza') == 'Ana Souza'"
    hidden = ledger.grade(**{**right(), "clean": "def clean(name):\n    return 'Ana Souza'"}).exercises[0]
    assert str(hidden.findings[0].found) == "AssertionError in a test that is not shown"
    assert "Bia" not in repr(hidden)


def test_a_question_is_titled_by_the_heading_before_it(ledger):
    assert [str(exercise.title) for exercise in ledger.exercises] == ["Clean names", "Shares", "Spread"]


# Sources that cannot be imported.


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([SQUARE], "no cell that nbgrader gives points for"),
        ([SQUARE, checked("t", 1, "x"), checked("t", 1, "y")], "Several cells have the grade_id 't'"),
        ([given("spark = SparkSession.builder.getOrCreate()", "go"), SQUARE, checked("t", 1, "x")], "spark_session"),
    ],
)
def test_a_source_that_cannot_be_graded_is_told_with_what_to_do(cells, said, tmp_path):
    with pytest.raises(GradingError, match=said):
        read_source(write_source(tmp_path, *cells))


def test_an_open_solution_region_is_told(tmp_path):
    with pytest.raises(AuthoringError, match="never ends"):
        read_source(write_source(tmp_path, answer("a", "### BEGIN SOLUTION\nx = 1"), checked("t", 1, "x")))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("x")
    done = lab("import-nbgrader", write_source(tmp_path, *LEDGER), tmp_path / "mine")
    assert (done.exit_code, [file.name for file in (tmp_path / "mine").iterdir()]) == (1, ["file"])


@pytest.mark.parametrize("content", ["", "{}", "[]", json.dumps({"format": 99}), json.dumps({"format": 1})])
def test_a_folder_without_an_import_is_told(content, tmp_path):
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(GradingError, match="no imported assignment"):
        read_foreign(tmp_path)


# What students do, on purpose or not.

LIES = """
class Lies(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __hash__(self): return 0
    def __getattr__(self, name): return lambda *a, **k: True
"""


@pytest.mark.parametrize(
    ("name", "trick"),
    [
        ("an object that equals everything", LIES + "def share(votes, ward): return Lies(7)"),
        ("another object that lies", LIES.replace("(float)", "") + "def share(votes, ward): return Lies()"),
        ("a shadowed abs", "def abs(x): return 0\ndef share(votes, ward): return 7"),
        ("a patched abs", "import builtins\nbuiltins.abs = lambda x: 0\ndef share(votes, ward): return 7"),
        (
            "no assert",
            "import ast\nget_ipython().ast_transformers.append(type('T', (ast.NodeTransformer,), "
            "{'visit_Assert': lambda s, n: ast.Pass()})())\ndef share(votes, ward): return 7",
        ),
        ("no data", "votes.clear()\nvotes = []\ndef share(votes, ward): return 7"),
        (
            "a false AssertionError",
            "import builtins\nbuiltins.AssertionError = type('A', (), {})\ndef share(votes, ward): return 7",
        ),
        ("SystemExit", "def share(votes, ward): raise SystemExit(0)"),
        ("a base exception", "def share(votes, ward): raise KeyboardInterrupt"),
        ("a value without end", "def share(votes, ward):\n    x = []\n    x.append(x)\n    return x"),
        ("a huge value", "def share(votes, ward): return 'x' * 10 ** 8"),
        ("half a character", "def share(votes, ward): return '\\udcff'"),
        ("code as text", "def share(votes, ward): return \"')\\nraise SystemExit\\n('\""),
    ],
)
def test_a_trick_gains_nothing_and_costs_no_other_question(name, trick, ledger):
    found = points(ledger.grade(**{**right(), "share": trick, "spread": "def spread(votes): return 0.0"}))
    assert found == {"clean-test": 2, "share-test": 0, "spread-test": 5}


@pytest.mark.parametrize(
    "patch",
    [
        "p.packed = c.evaluated = lambda *a: {}",
        'p.packed = lambda value: [\'["opaque", "x", "y"]\']',
        "p.packed = lambda value: [')' * 9]",
        "p.packed = lambda value: {'raised': {'type': 'Lie', 'says': ''}}",
        "p.packed = lambda value: [1, None, 'true']",
        "c.send = lambda channel, reply: s(channel, {**reply, 'values': {'passed': True, 'credit': 3}})",
        "c.send = lambda channel, reply: s(channel, {**reply, 'values': {'0': True, '1': True, 'by_hand': True}})",
    ],
)
def test_a_student_who_speaks_in_the_probes_place_gains_nothing(patch, ledger):
    doors = "import lab_helpers.grading.foreign_probe as p, lab_helpers.grading.running.child as c\ns = c.send\n"
    answers = {**right(), "share": f"{doors}{patch}\ndef share(votes, ward): return 7"}
    assert points(ledger.grade(**answers))["share-test"] == 0


@pytest.mark.parametrize(
    ("name", "end", "mark"),
    [
        ("a loop in the cell", "while True: pass", "timed_out"),
        ("a loop in the function", "def share(votes, ward):\n    while True: pass", "timed_out"),
        ("the end of the process", "import os; os._exit(0)", "died"),
        ("the end of the process, later", "def share(votes, ward):\n    import os; os._exit(0)", "died"),
    ],
)
def test_what_does_not_end_or_ends_too_early_costs_its_own_question(name, end, mark, ledger):
    record = ledger.grade(**{**right(), "share": end, "spread": "def spread(votes): return 0.0"})
    assert marks(record) == {"clean-test": "correct", "share-test": mark, "spread-test": "correct"}


def test_a_test_calls_pythons_own_functions_whatever_an_answer_calls_by_their_names(assignment):
    made = assignment(SQUARE, checked("t", 2, "assert square(len('abc')) == 9"))
    shadowed = "def len(x):\n    return 0\n\ndef square(x):\n    return {}"
    assert points(made.grade(square=shadowed.format("x * x"))) == {"t": 2}
    assert points(made.grade(square=shadowed.format("9 if x == 0 else 1"))) == {"t": 0}


def test_given_names_that_an_answer_changes_are_put_back_for_the_next(ledger):
    changed = KINDS["clean"]["right"] + "\nvotes.clear()\nvotes = None"
    assert ledger.grade(**{**right(), "clean": changed}).points == 10


def test_a_students_test_cells_and_given_cells_are_never_run(ledger):
    own = {"votes": "votes = []", "clean-test": "pass", "share-test": "1 / 0", "spread-test": "import os; os._exit(0)"}
    wrong = {**right(), "clean": "def clean(name): return name"}
    assert points(ledger.grade(**{**wrong, **own})) == {"clean-test": 0, "share-test": 3, "spread-test": 5}


def test_missing_doubled_and_moved_cells_are_notes_and_cost_nothing_else(ledger):
    cells = json.loads(handed_in(ledger.path, **right()))["cells"]
    by_key = {each["metadata"].get("nbgrader", {}).get("grade_id", each["id"]): each for each in cells}
    stub = {**by_key["clean"], "source": "def clean(name):\n    # YOUR CODE HERE\n    raise NotImplementedError()"}
    moved = [by_key["spread"], by_key["clean"], stub]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": moved})
    record = ledger.grade_text(text)
    assert points(record) == {"clean-test": 2, "share-test": 0, "spread-test": 0}
    assert marks(record)["share-test"] == "not_attempted"
    assert any("is there 2 times" in str(note) for note in record.notes)


def test_an_untouched_notebook_is_not_attempted(ledger):
    assert set(marks(ledger.grade()).values()) == {"not_attempted"}

"""Reading one file that was handed in: whatever it is, it becomes a submission, with its problem if it has one."""

import json
from pathlib import PurePosixPath

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.grading.submissions import read_submission

LESSONS = {"05_responsible_ai": ["title", "set-up", "generate", "look"], "06_measure": ["measure", "rule"]}
PATH = PurePosixPath("ana.ipynb")


def notebook(*cells, **lab):
    rows = [{"cell_type": "code", "id": name, "metadata": {"key": name}, "source": text} for name, text in cells]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"lab": lab} if lab else {}, "cells": rows}


def read(content, path=PATH):
    return read_submission(path, content if isinstance(content, bytes) else json.dumps(content).encode(), LESSONS)


def test_a_notebook_says_its_lesson_and_its_locale():
    read_one = read(notebook(("generate", "x = 1"), lesson="05_responsible_ai", locale="pt-BR"))
    assert (read_one.student, read_one.lesson, read_one.locale) == ("ana", "05_responsible_ai", "pt-BR")
    assert read_one.cells[0].source == "x = 1"
    assert read_one.problem is None


def test_without_metadata_its_cells_tell():
    cells = (("set-up", 'LOCALE = "pt-BR"'), ("generate", ""), ("look", ""))
    assert (read(notebook(*cells)).lesson, read(notebook(*cells)).locale) == ("05_responsible_ai", "pt-BR")


def test_without_known_cells_its_name_tells():
    assert read(notebook(("a", "")), PurePosixPath("ana_06_measure.ipynb")).lesson == "06_measure"


def test_metadata_names_the_student_only_where_the_path_does_not():
    named = notebook(("generate", ""), lesson="05_responsible_ai", student="Bia")
    assert read(named, PurePosixPath("05_responsible_ai.ipynb")).student == "Bia"
    assert read(named, PurePosixPath("ana.ipynb")).student == "ana"


def test_source_as_a_list_of_lines_is_read_as_text():
    assert (
        read(notebook(("generate", ["a = 1\n", "b = 2"]), lesson="05_responsible_ai")).cells[0].source == "a = 1\nb = 2"
    )


def test_other_encodings_are_read_and_noted():
    text = json.dumps(notebook(("generate", "gênero = 1"), lesson="05_responsible_ai"), ensure_ascii=False)
    for encoding in ("utf-16", "cp1252"):
        found = read(text.encode(encoding))
        assert found.cells[0].source == "gênero = 1"
        assert len(found.notes) == 1
    assert read(text.encode("utf-8-sig")).notes == ()


def test_a_notebook_of_format_3_is_read():
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])])
    found = read(nbformat.v3.nbjson.writes(old).encode(), PurePosixPath("ana_06_measure.ipynb"))
    assert (found.problem, found.cells[0].source) == (None, "x = 1")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b"PK\x03\x04", b'{"nbformat": 4, "cells": 1}', b'{"nbformat": "4", "cells": []}',
     b'{"nbformat": 4, "cells": [1]}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_notebook_has_a_problem(content):
    assert "notebook" in str(read(content).problem)


def test_other_files_and_other_lessons_have_a_problem():
    assert read(b"x", PurePosixPath("ana.pdf")).problem
    assert read(notebook(("a", ""), ("b", ""))).problem


def test_too_large_is_a_problem():
    assert "MB" in str(read(b" " * (20 * 2**20 + 1)).problem)


NAMES = ["cells", "metadata", "lab", "lesson", "locale", "source", "id", "nbformat", "cell_type"]
LEAVES = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES), inner), max_leaves=20
)


@given(JSON)
def test_no_json_whatever_makes_reading_fail(value):
    read(json.dumps(value).encode())

"""Taking in a folder or an archive: every file becomes a submission, and nothing leads outside."""

import json
import zipfile

import pytest

from lab_helpers.errors import GradingError
from lab_helpers.grading.intake import take_in

LESSONS = {"05_responsible_ai": ["generate"]}
NOTEBOOK = json.dumps(
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {"lab": {"lesson": "05_responsible_ai"}}, "cells": []}
)


def by_path(handed_in):
    return {str(submission.path): submission for submission in take_in(handed_in, LESSONS)}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def test_a_folder_is_read_in_the_order_of_its_paths(folder):
    for student in ("bia", "ana"):
        (folder / student).mkdir()
        (folder / student / "05.ipynb").write_text(NOTEBOOK)
    assert [submission.student for submission in take_in(folder, LESSONS)] == ["ana", "bia"]


def test_an_archive_gives_what_its_folder_gives(folder, tmp_path):
    (folder / "ana.ipynb").write_text(NOTEBOOK)
    (folder / "bia.ipynb").write_text("broken")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert take_in(tmp_path / "class.zip", LESSONS) == take_in(folder, LESSONS)


def test_hidden_files_and_checkpoints_are_no_submissions(folder):
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "ana-checkpoint.ipynb").write_text(NOTEBOOK)
    (folder / ".DS_Store").write_text("x")
    (folder / "ana.ipynb").write_text(NOTEBOOK)
    assert list(by_path(folder)) == ["ana.ipynb"]


def test_a_link_is_refused_and_the_others_are_read(folder, tmp_path):
    (tmp_path / "secret.ipynb").write_text(NOTEBOOK)
    (folder / "ana.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "bia.ipynb").write_text(NOTEBOOK)
    found = by_path(folder)
    assert "link" in str(found["ana.ipynb"].problem)
    assert not found["ana.ipynb"].digest
    assert found["bia.ipynb"].problem is None


def test_a_linked_folder_is_not_followed(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.ipynb").write_text(NOTEBOOK)
    (folder / "ana").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert all(submission.problem for submission in take_in(folder, LESSONS))


@pytest.mark.parametrize(
    "name", ["../ana.ipynb", "/etc/ana.ipynb", "a/../../ana.ipynb", "..\\ana.ipynb", "C:\\ana.ipynb"]
)
def test_a_path_that_leads_out_of_the_archive_is_refused(name, tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(name, NOTEBOOK)
    (found,) = take_in(tmp_path / "class.zip", LESSONS)
    assert "archive" in str(found.problem)


def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ana.ipynb", b" " * 200 * 2**20)
        archive.writestr("bia.ipynb", NOTEBOOK)
    found = by_path(tmp_path / "class.zip")
    assert "MB" in str(found["ana.ipynb"].problem)
    assert found["bia.ipynb"].problem is None


def test_a_damaged_entry_costs_itself_alone(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ana.ipynb", NOTEBOOK)
        archive.writestr("bia.ipynb", NOTEBOOK)
    path.write_bytes(path.read_bytes().replace(b"responsible", b"irresponsib", 1))
    found = by_path(path)
    assert found["ana.ipynb"].problem
    assert found["bia.ipynb"].problem is None


@pytest.mark.parametrize("content", [None, b"not a zip"])
def test_neither_folder_nor_archive_says_what_to_give(content, tmp_path):
    path = tmp_path / "class.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GradingError, match="neither a folder nor a zip"):
        take_in(path, LESSONS)


def test_an_empty_folder_is_said(folder):
    with pytest.raises(GradingError, match="no submissions"):
        take_in(folder, LESSONS)

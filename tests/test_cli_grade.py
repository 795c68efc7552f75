"""`lab grade`, as an instructor meets it: graded, killed in the middle, graded to the end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from lab_helpers.cli import main
from lab_helpers.grading import Store
from lab_helpers.grading.records import record_text
from tests.grading.handed_in import ROOT, hand_in

LAB = str(Path(sys.executable).with_name("lab"))
MIRRORED = "mirrored_input = ['Describe a female nurse.'] * {n}"


@pytest.fixture
def folder(tmp_path):
    """Six notebooks of lesson 4."""
    for n in range(6):
        hand_in(tmp_path / "class", f"student{n}/x.ipynb", mirrored_list=MIRRORED.format(n=n))
    return tmp_path / "class"


def grade(*words):
    return CliRunner().invoke(main, ["grade", *map(str, words), "--course", str(ROOT), "--locale", "en"])


def texts(out):
    return [record_text(record) for record in Store(out).records()]


def test_a_folder_is_graded_and_its_class_page_named(folder, tmp_path):
    done = grade("class", folder, "--out", tmp_path / "out", "--force-unisolated")
    assert done.exit_code == 0, done.output
    assert "6 run, 6 in all" in done.output
    assert "class.html" in done.output
    assert (tmp_path / "out" / "gradebook.csv").exists()
    assert "6 lines" in grade_audit(tmp_path / "out").output
    # Again, without the word `class`: nothing is run.
    assert "0 run, 6 in all" in grade(folder, "--out", tmp_path / "out").output


def grade_audit(out):
    return CliRunner().invoke(main, ["grade", "audit", str(out), "--locale", "en"])


def test_a_changed_log_is_told(folder, tmp_path):
    out = tmp_path / "out"
    assert grade(folder, "--out", out, "--force-unisolated").exit_code == 0
    lines = (out / "audit.jsonl").read_text("utf-8").splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), "points": 100})
    (out / "audit.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert grade_audit(out).exit_code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="submissions run in WSL, not on Windows itself")
@pytest.mark.parametrize(("end", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_stopped_in_the_middle_it_continues_to_the_same_records(folder, tmp_path, end, code):
    command = [LAB, "grade", "class", str(folder), "--course", str(ROOT), "--workers", "1", "--force-unisolated"]
    assert grade(folder, "--out", tmp_path / "whole", "--force-unisolated").exit_code == 0
    killed = subprocess.Popen(
        [*command, "--out", str(tmp_path / "killed")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    records = tmp_path / "killed" / "records"
    while killed.poll() is None and len(list(records.glob("*.json"))) < 2:
        time.sleep(0.01)
    os.kill(killed.pid, end)
    assert killed.wait() == code
    done = grade(folder, "--out", tmp_path / "killed", "--force-unisolated")
    assert done.exit_code == 0
    assert "6 run" not in done.output
    assert texts(tmp_path / "killed") == texts(tmp_path / "whole")
    assert grade_audit(tmp_path / "killed").exit_code == 0


def test_an_empty_folder_says_what_to_do(tmp_path):
    (tmp_path / "class").mkdir()
    done = grade(tmp_path / "class", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert ".ipynb" in done.output


def test_a_late_rule_is_kept_for_later_runs(tmp_path):
    hand_in(tmp_path / "class", "anasouza_LATE_12_345_x.ipynb", mirrored_list=MIRRORED.format(n=5))
    grade(tmp_path / "class", "--out", tmp_path / "out", "--force-unisolated", "--late-percent", "100")
    again = grade(tmp_path / "class", "--out", tmp_path / "out")
    assert again.exit_code == 0, again.output
    assert Store(tmp_path / "out").late_percent() == 100


def test_a_private_set_grades_anew(tmp_path):
    hand_in(tmp_path / "class", "ana.ipynb", mirrored_list=MIRRORED.format(n=5))
    made = CliRunner().invoke(main, ["grade", "new-private", str(tmp_path / "private"), "--locale", "en"])
    assert made.exit_code == 0, made.output
    words = (tmp_path / "class", "--out", tmp_path / "out", "--force-unisolated")
    assert "1 run" in grade(*words).output
    assert "1 run" in grade(*words, "--private", tmp_path / "private").output
    assert "0 run" in grade(*words, "--private", tmp_path / "private").output

"""`lab grade review`, as an instructor meets it: served, decided on, ended with Ctrl-C, and graded again."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from lab_helpers.cli import main
from lab_helpers.grading import Decision, Store
from tests.grading.handed_in import ROOT, hand_in
from tests.grading.test_review import Fields

LAB = str(Path(sys.executable).with_name("lab"))


def grade(folder, out):
    words = ["grade", "class", folder, "--out", out, "--force-unisolated", "--course", ROOT, "--locale", "en"]
    return CliRunner().invoke(main, list(map(str, words)))


def decide(address):
    """What a browser sends to give Ana's list half a point."""
    with httpx.Client(follow_redirects=True) as browser:
        browser.get(address)
        page = browser.get(httpx.URL(address).join("/exercise/04.mirrored"))
        form = Fields(page.text)
        assert "mirrored_input" in page.text
        origin = {"origin": address.partition("/?")[0]}
        fields = {**form.values, "points": "0.5", "comment": "Come and see me."}
        assert browser.post(page.url.join(form.action), data=fields, headers=origin).status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="submissions run in WSL, not on Windows itself")
def test_what_is_decided_is_in_the_gradebook_at_the_end_and_stays(tmp_path):
    hand_in(tmp_path / "class", "ana/x.ipynb", mirrored_list="mirrored_input = ['Describe a female nurse.'] * 3")
    out = tmp_path / "out"
    assert grade(tmp_path / "class", out).exit_code == 0
    command = [LAB, "grade", "review", str(out), "--no-browser", "--locale", "en"]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http\S+", served.stdout.readline())[0]
        assert address.startswith("http://127.0.0.1:")
        decide(address)
    finally:
        served.send_signal(signal.SIGINT)
        said, complained = served.communicate(timeout=20)
    assert (served.returncode, complained) == (0, "")
    assert "are up to date" in said
    assert ",0.5\n" in (out / "gradebook.csv").read_text("utf-8")

    # Another notebook of hers is graded, and the decision stays.
    hand_in(tmp_path / "class", "ana/x.ipynb", mirrored_list="mirrored_input = ['Describe a male nurse.'] * 5")
    assert "1 run" in grade(tmp_path / "class", out).output
    assert Store(out).decisions() == {"ana": {"04.mirrored": Decision(0.5, "Come and see me.")}}
    assert ",0.5\n" in (out / "gradebook.csv").read_text("utf-8")


def test_a_folder_without_grades_says_what_to_do(tmp_path):
    done = CliRunner().invoke(main, ["grade", "review", str(tmp_path), "--no-browser", "--locale", "en"])
    assert done.exit_code == 1
    assert "lab grade SUBMISSIONS --out" in done.output

"""A class graded: each submission once, none that stops the others, and the same records whatever happens between."""

import os
import random
import threading
import time
from dataclasses import replace

import pytest

from lab_helpers.errors import GradingError
from lab_helpers.grading import AUDIT, Store, assignments, batch, grade_batch, take_in_class, verify_audit
from lab_helpers.grading.running import End, Run
from lab_helpers.grading.steps import Cell
from tests.grading.handed_in import LESSON, ROOT, hand_in

ASKED = assignments(ROOT)
RIGHT = """mirrored_input = ["Describe a female nurse.", "Describe a male engineer.", "Describe a female teacher.",
    "Describe a male doctor.", "Describe a female chef."]"""


class Rooms:
    """In place of the sandbox: runs nothing, and brings out what each answer says."""

    isolation = "full"

    def __init__(self, limits=None, cassettes=None):
        self.sessions = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def run(self, job):
        self.sessions.append(job.session)
        time.sleep(random.random() / 100)
        answers = [step for step in job.steps if isinstance(step, Cell) and step.exercise]
        values = {step.exercise: {"prompts": [step.source]} for step in answers}
        return Run(values, {step.key: End("ran") for step in answers}, {}, (), self.isolation)


@pytest.fixture
def rooms(monkeypatch):
    """The last rooms that were opened stand in `rooms[-1]`."""
    opened = []
    monkeypatch.setattr(batch, "Runner", lambda *_limits: opened.append(Rooms()) or opened[-1])
    return opened


@pytest.fixture
def folder(tmp_path):
    """A class of three, one of whom handed in something else."""
    handed_in = tmp_path / "class"
    hand_in(handed_in, "ana.ipynb", mirrored_list=RIGHT)
    hand_in(handed_in, "bia.ipynb", lesson="05_responsible_ai", first_chunk="first_piece = 'd'")
    (handed_in / "caio.ipynb").write_text("{")
    return handed_in


def grade(folder, out, asked=ASKED, **how):
    store = Store(out)
    return grade_batch(take_in_class(folder, asked), store, asked, **how), store


def states(store):
    return {record.path: str(record.state) for record in store.records()}


def test_a_damaged_file_stops_nobody(rooms, folder, tmp_path):
    n, store = grade(folder, tmp_path / "out")
    assert n == 2
    assert states(store) == {"ana.ipynb": "graded", "bia.ipynb": "graded", "caio.ipynb": "unreadable"}


def test_a_failure_of_the_grader_stops_nobody_and_is_tried_again(rooms, folder, tmp_path, monkeypatch):
    def fails_for_ana(lesson, submission):
        if submission.student == "ana":
            raise RecursionError("too deep")
        return answers(lesson, submission)

    answers = batch.match_answers
    monkeypatch.setattr(batch, "match_answers", fails_for_ana)
    _, store = grade(folder, tmp_path / "out")
    assert states(store) == {"ana.ipynb": "unreadable", "bia.ipynb": "graded", "caio.ipynb": "unreadable"}
    monkeypatch.setattr(batch, "match_answers", answers)
    assert grade(folder, tmp_path / "out")[0] == 1
    assert states(store)["ana.ipynb"] == "graded"


@pytest.mark.parametrize("deep", ["x = " + "-" * 2000 + "1", "x" + "()" * 2000, "x = " + "+".join("1" * 2500)])
def test_code_nested_deeper_than_python_calls_is_graded(deep, rooms, tmp_path):
    hand_in(tmp_path / "class", "ana.ipynb", mirrored_list=deep, own=deep)
    assert states(grade(tmp_path / "class", tmp_path / "out")[1]) == {"ana.ipynb": "graded"}


def test_half_characters_are_graded_and_kept(rooms, tmp_path):
    hand_in(tmp_path / "class", "ana.ipynb", mirrored_list="mirrored_input = '\udcff'", own="\ud800")
    (tmp_path / "class" / "ana.ipynb").rename(tmp_path / "class" / os.fsdecode(b"an\xe1.ipynb"))
    _, store = grade(tmp_path / "class", tmp_path / "out")
    assert states(store) == {r"an\udce1.ipynb": "graded"}
    assert grade(tmp_path / "class", tmp_path / "out")[0] == 0


def test_the_same_is_not_run_again(rooms, folder, tmp_path):
    _, store = grade(folder, tmp_path / "out")
    before = store.records()
    assert grade(folder, tmp_path / "out")[0] == 0
    assert store.records() == before


def test_a_new_file_alone_is_run(rooms, folder, tmp_path):
    grade(folder, tmp_path / "out")
    hand_in(folder, "ana.ipynb", mirrored_list="mirrored_input = []")
    hand_in(folder, "davi.ipynb", mirrored_list=RIGHT)
    assert grade(folder, tmp_path / "out")[0] == 2


def test_a_changed_exercise_grades_its_own_lesson_again(rooms, folder, tmp_path):
    grade(folder, tmp_path / "out")
    changed = {**ASKED, LESSON: replace(ASKED[LESSON], fingerprint="another")}
    assert grade(folder, tmp_path / "out", changed)[0] == 1


def test_what_is_no_longer_handed_in_is_no_longer_there(rooms, folder, tmp_path):
    grade(folder, tmp_path / "out")
    (folder / "bia.ipynb").unlink()
    assert set(states(grade(folder, tmp_path / "out")[1])) == {"ana.ipynb", "caio.ipynb"}


def test_of_two_attempts_the_later_counts(rooms, tmp_path):
    for name in ("x.ipynb", "x (1).ipynb", "x (2).ipynb"):
        hand_in(tmp_path / "class", f"ana/{name}", mirrored_list=RIGHT)
    n, store = grade(tmp_path / "class", tmp_path / "out")
    assert n == 1
    assert states(store) == {
        "ana/x.ipynb": "superseded",
        "ana/x (1).ipynb": "superseded",
        "ana/x (2).ipynb": "graded",
    }


def test_a_damaged_later_attempt_does_not_take_an_earlier_ones_place(rooms, tmp_path):
    hand_in(tmp_path / "class", "ana/x.ipynb", mirrored_list=RIGHT)
    (tmp_path / "class" / "ana" / "x (1).ipynb").write_text("{")
    assert states(grade(tmp_path / "class", tmp_path / "out")[1])["ana/x.ipynb"] == "graded"


def test_neither_workers_nor_order_change_a_record(rooms, tmp_path):
    for n in range(12):
        hand_in(tmp_path / "class", f"student{n}.ipynb", mirrored_list="x" * n)
    submissions = take_in_class(tmp_path / "class", ASKED)
    found = []
    for workers, order in ((1, submissions), (6, submissions[::-1])):
        store = Store(tmp_path / str(workers))
        grade_batch(order, store, ASKED, workers=workers)
        found.append(store.records())
    assert found[0] == found[1]
    assert sorted(rooms[0].sessions) == sorted(rooms[1].sessions)
    assert len(set(rooms[0].sessions)) == 12


def test_each_is_told_when_it_is_done(rooms, folder, tmp_path):
    told = []
    grade(folder, tmp_path / "out", workers=1, on_progress=lambda *each: told.append(each))
    assert told == [(1, 2, "ana.ipynb"), (2, 2, "bia.ipynb")]


def test_where_submissions_cannot_be_kept_apart_none_is_run(rooms, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(Rooms, "isolation", "none")
    with pytest.raises(GradingError, match="--force-unisolated"):
        grade(folder, tmp_path / "out")
    assert rooms[-1].sessions == []
    n, store = grade(folder, tmp_path / "out", force_unisolated=True)
    assert n == 2
    assert store.records()[0].isolation == "none"


def test_partial_isolation_is_run_and_recorded(rooms, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(Rooms, "isolation", "partial")
    assert grade(folder, tmp_path / "out")[1].records()[0].isolation == "partial"


def test_an_interrupt_keeps_what_is_done(rooms, tmp_path):
    for n in range(8):
        hand_in(tmp_path / "class", f"student{n}.ipynb", mirrored_list=RIGHT)

    def interrupt_after(done, total, path):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(tmp_path / "class", tmp_path / "out", workers=1, on_progress=interrupt_after)
    store = Store(tmp_path / "out")
    kept = len(store.records())
    assert 3 <= kept < 8
    assert grade(tmp_path / "class", tmp_path / "out")[0] == 8 - kept


def test_a_pod_that_fails_ends_the_batch_and_says_so(rooms, folder, tmp_path, monkeypatch):
    def fails(self, job):
        raise GradingError("The sandbox could not be set up", "Run: lab doctor")

    monkeypatch.setattr(Rooms, "run", fails)
    with pytest.raises(GradingError, match="sandbox"):
        grade(folder, tmp_path / "out")


def test_every_record_has_its_line_in_the_log(rooms, folder, tmp_path):
    _, store = grade(folder, tmp_path / "out")
    assert verify_audit(store.folder / AUDIT) == 3
    grade(folder, tmp_path / "out")
    assert verify_audit(store.folder / AUDIT) == 3


def test_no_thread_is_left(rooms, folder, tmp_path):
    before = threading.active_count()
    grade(folder, tmp_path / "out", workers=4)
    assert threading.active_count() == before


def test_in_the_real_sandbox_a_right_answer_is_right(tmp_path):
    hand_in(tmp_path / "class", "ana.ipynb", mirrored_list=RIGHT, client_arguments="while True: pass")
    _, store = grade(tmp_path / "class", tmp_path / "out", workers=1, force_unisolated=True)
    (record,) = store.records()
    assert {one.key: (str(one.mark), one.points) for one in record.exercises} == {
        "04.client": ("timed_out", 0),
        "04.mirrored": ("correct", 4),
    }


def test_a_folder_without_lessons_is_said(tmp_path):
    with pytest.raises(GradingError, match="--course"):
        assignments(tmp_path)

"""Every kind of bad submission in one batch with honest ones: no point forged, none lost, nobody else affected."""

import csv
import hashlib
import html.parser
import io
import tempfile
import time
from pathlib import Path

import pytest

import lab_helpers
from lab_helpers.grading import AUDIT, GRADEBOOK, Store, assignments, grade_batch, take_in_class, verify_audit
from lab_helpers.grading.records import record_text
from lab_helpers.grading.reports import write_reports
from lab_helpers.grading.running import Limits
from tests.grading.handed_in import ROOT
from tests.grading.hostile_class import honest, hostile, write_archive
from tests.processes import offspring

ASKED = assignments(ROOT)
# As strict as the machine on which this runs is small, and patient enough for one that is busy.
LIMITS = Limits(cell_s=5, probe_s=5, slow_s=60, job_s=120, memory_mb=800, processes=60, files_mb=8, requests=40)


def graded(archive, out, **how):
    store = Store(out)
    submissions = take_in_class(archive, ASKED)
    grade_batch(submissions, store, ASKED, limits=LIMITS, force_unisolated=True, **how)
    write_reports(store, ASKED, submissions, "plain", "en")
    return store


def digest(folder):
    """What stands in a folder, told in one text."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return hashlib.sha256(b"".join(bytes(path) + path.read_bytes() for path in files)).hexdigest()


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """The whole class graded; what ran and stood here before, and the folder for what the grader needs meanwhile."""
    folder = tmp_path_factory.mktemp("hostile")
    before = offspring(), digest(Path(lab_helpers.__file__).parent)
    entries = [*honest()[:3], *hostile(), *honest()[3:]]
    meanwhile = folder / "meanwhile"
    meanwhile.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(meanwhile))
        store = graded(write_archive(folder / "class.zip", entries), folder / "out", workers=3)
    return store, entries, (*before, meanwhile)


def test_each_has_the_points_it_earned(batch):
    store, entries, _ = batch
    expected = {entry.path.removeprefix("../../"): entry.points or 0 for entry in entries}
    assert {record.path: record.points for record in store.records()} == expected


def test_every_file_ends_in_a_record_that_says_how(batch):
    store, entries, _ = batch
    unreadable = {entry.path.removeprefix("../../") for entry in entries if entry.points is None}
    assert {record.path for record in store.records() if record.state == "unreadable"} == unreadable
    assert len(store.records()) == len(entries) == verify_audit(store.folder / AUDIT)


def test_honest_ones_get_what_they_get_without_the_others(batch, tmp_path):
    store, _, _ = batch
    alone = graded(write_archive(tmp_path / "class.zip", honest()), tmp_path / "out", workers=1)
    beside = [record_text(record) for record in store.records() if record.path in {e.path for e in honest()}]
    assert beside == [record_text(record) for record in alone.records()]


def test_nothing_is_left_running_or_written(batch):
    _, _, (processes, package, meanwhile) = batch
    deadline = time.monotonic() + 20
    while left := offspring(apart_from=processes):
        assert time.monotonic() < deadline, left
    assert digest(Path(lab_helpers.__file__).parent) == package
    assert list(meanwhile.iterdir()) == []


class _Markup(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.active = []

    def handle_starttag(self, tag, attrs):
        links = [value for name, value in attrs if name in ("href", "src") and value.lower().startswith("javascript")]
        if tag in ("script", "iframe", "object", "img") or any(name.startswith("on") for name, _ in attrs) or links:
            self.active.append((tag, attrs))


def test_no_page_holds_a_script_or_an_escape(batch):
    store, _, _ = batch
    pages = list(store.folder.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        markup = _Markup()
        markup.feed(page.read_text("utf-8"))
        assert markup.active == [], page.name
        assert "\x1b" not in page.read_text("utf-8")
    assert any("&lt;script&gt;alert(1)" in page.read_text("utf-8") for page in pages)


def test_no_cell_of_the_gradebook_is_a_formula(batch):
    store, _, _ = batch
    rows = list(csv.reader(io.StringIO((store.folder / GRADEBOOK).read_text("utf-8"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert {"'=HYPERLINK(1)", "'@SUM(1+1)*cmd|' /C calc'!A0"} <= {row[0] for row in rows}


def test_a_second_run_runs_nothing_and_changes_nothing(batch):
    store, _, _ = batch
    before = [record_text(record) for record in store.records()]
    submissions = take_in_class(store.folder.parent / "class.zip", ASKED)
    assert grade_batch(submissions, store, ASKED, limits=LIMITS, force_unisolated=True) == 0
    assert [record_text(record) for record in store.records()] == before

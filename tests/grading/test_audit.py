"""The audit log: appended to, verified, and mended after a crash."""

import pytest

from lab_helpers.errors import GradingError
from lab_helpers.grading.audit import AuditLog, verify_audit


@pytest.fixture
def path(tmp_path):
    log = AuditLog(tmp_path / "audit.jsonl")
    for points in range(3):
        log.note("graded", student="Ana Á", points=points)
    return tmp_path / "audit.jsonl"


def test_lines_are_appended_and_verified(path):
    AuditLog(path).note("overridden", student="Ana")
    assert verify_audit(path) == 4


def test_a_name_with_an_odd_line_break_is_one_line(path):
    AuditLog(path).note("graded", student="Ana\u2028\x85\x0c")
    assert verify_audit(path) == 4


def test_no_log_is_an_empty_one(tmp_path):
    assert verify_audit(tmp_path / "audit.jsonl") == 0


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda text: text.replace('"points": 1', '"points": 9'), "Line 2"),
        (lambda text: "".join(text.splitlines(keepends=True)[1:]), "Line 1"),
        (lambda text: text + text.splitlines(keepends=True)[0], "Line 4"),
        (lambda text: text + "[]\n", "Line 4"),
    ],
)
def test_a_change_is_found_and_its_line_named(path, damage, line):
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    with pytest.raises(GradingError, match=line):
        verify_audit(path)


def test_a_line_cut_off_by_a_crash_is_no_damage(path):
    with path.open("a", encoding="utf-8") as file:
        file.write('{"event": "gra')
    AuditLog(path).note("graded", student="Bia")
    assert verify_audit(path) == 4

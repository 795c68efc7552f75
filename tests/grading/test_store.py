"""Records on the disk, and the decisions beside them that grading never touches."""

import pytest

from lab_helpers.errors import GradingError
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.grading.store import Decision, Store, decided
from lab_helpers.i18n import message

EXERCISE = ExerciseRecord("05.q", Mark.NOT_YET, 2, 5, message("x"))


def record(path="ana.ipynb", key="k"):
    return Record(key, "ana", "", "file", path, "05_x", "en", "d", State.GRADED, False, "full", (EXERCISE,))


def test_a_record_is_kept_and_replaced(tmp_path):
    store = Store(tmp_path)
    assert store.record("ana.ipynb") is None
    store.keep(record())
    store.keep(record(key="k2"))
    assert Store(tmp_path).records() == [record(key="k2")]


@pytest.mark.parametrize("path", ["a/b.ipynb", "../../x.ipynb", "/etc/passwd", "x" * 500, "ção\n<b>.ipynb", ".."])
def test_any_path_is_kept_inside_the_folder(path, tmp_path):
    store = Store(tmp_path / "grades")
    store.keep(record(path))
    assert store.record(path) == record(path)
    assert [file.parent for file in tmp_path.rglob("*.json")] == [tmp_path / "grades" / "records"]


def test_paths_that_look_alike_do_not_share_a_file(tmp_path):
    store = Store(tmp_path)
    for path in ("a/b.ipynb", "a_b.ipynb", "A_B.ipynb"):
        store.keep(record(path))
    assert len(store.records()) == 3


def test_a_damaged_record_is_as_none(tmp_path):
    store = Store(tmp_path)
    store.keep(record())
    next(tmp_path.rglob("*.json")).write_text("{")
    assert store.record("ana.ipynb") is None


def test_records_of_what_is_no_longer_handed_in_go(tmp_path):
    store = Store(tmp_path)
    store.keep(record())
    store.keep(record("bia.ipynb"))
    store.forget_others(["bia.ipynb"])
    assert [one.path for one in store.records()] == ["bia.ipynb"]


def test_a_decision_stands_beside_the_records_and_is_taken_back(tmp_path):
    store = Store(tmp_path)
    store.keep(record())
    store.decide("ana", "05.q", Decision(4.5, "well argued"))
    assert decided(record(), Store(tmp_path).decisions()["ana"]).points == 4.5
    store.decide("ana", "05.q", Decision())
    assert store.decisions() == {}
    assert store.record("ana.ipynb") == record()


def test_a_comment_alone_changes_no_points():
    assert decided(record(), {"05.q": Decision(comment="look again")}).points == 2


@pytest.mark.parametrize("text", ["{", "[]", '{"ana": 1}', '{"ana": {"05.q": {"pts": 1}}}'])
def test_damaged_decisions_are_not_overwritten(text, tmp_path):
    (tmp_path / "decisions.json").write_text(text)
    with pytest.raises(GradingError, match=r"decisions\.json"):
        Store(tmp_path).decide("ana", "05.q", Decision(1))
    assert (tmp_path / "decisions.json").read_text() == text


def test_the_rule_for_late_work_is_kept(tmp_path):
    assert Store(tmp_path).late_percent() == 0
    Store(tmp_path).set_late_percent(20)
    assert Store(tmp_path).late_percent() == 20


def test_a_damaged_rule_is_said(tmp_path):
    (tmp_path / "rules.json").write_text("{}")
    with pytest.raises(GradingError, match="--late-percent"):
        Store(tmp_path).late_percent()

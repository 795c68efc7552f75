"""What is written after every run: the gradebook, the pages, and no pair of students that is one student."""

import pytest

from lab_helpers.errors import GradingError
from lab_helpers.grading import CLASS_PAGE, GRADEBOOK, Decision, Store, assignments, take_in_class, write_reports
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.i18n import message
from tests.grading.handed_in import LESSON, ROOT, hand_in

ASKED = assignments(ROOT)
# Long, and nobody's but theirs who share it.
SHARED = (
    "mirrored_input = []\nfor a, b in zip('abcdef', 'uvwxyz'):\n    mirrored_input.append(a + b * 2 + str(len(a)))\n"
)
OTHER = "import re\nmirrored_input = [re.sub('fe', '', p) if 'fe' in p else p.replace('male', 'x') for p in loaded]\n"


@pytest.fixture
def graded(tmp_path):
    """A store and its submissions: Ana, twice, and Bia handed in the same; Caio something of his own."""
    handed_in = {"ana/x.ipynb": SHARED, "ana/x (1).ipynb": SHARED, "bia/x.ipynb": SHARED, "caio/x.ipynb": OTHER}
    store = Store(tmp_path / "out")
    for path, answer in handed_in.items():
        hand_in(tmp_path / "class", path, mirrored_list=answer)
        state = State.SUPERSEDED if path == "ana/x.ipynb" else State.GRADED
        question = ExerciseRecord("04.mirrored", Mark.NOT_YET, 1, 4, message("x"))
        student = path.partition("/")[0]
        store.keep(Record("k", student, "", "folder", path, LESSON, "en", "d", state, exercises=(question,)))
    return store, take_in_class(tmp_path / "class", ASKED)


def write(graded, form="plain", locale="en"):
    store, submissions = graded
    write_reports(store, ASKED, submissions, form, locale)
    return store.folder


def test_all_is_written(graded):
    out = write(graded)
    assert len((out / GRADEBOOK).read_text("utf-8").splitlines()) == 4
    assert len(list((out / "feedback").glob("*.html"))) == 3
    assert (out / CLASS_PAGE).exists()


def test_links_of_the_class_page_lead_to_pages(graded):
    out = write(graded)
    html = (out / CLASS_PAGE).read_text("utf-8")
    assert all(f'href="feedback/{path.name}"' in html for path in (out / "feedback").glob("*.html"))


def test_a_pair_is_two_students_and_never_one_and_their_earlier_attempt(graded):
    html = write(graded).joinpath(CLASS_PAGE).read_text("utf-8")
    assert '<th scope="row">ana</th><td>bia</td>' in html
    assert html.count("100 %</td>") == 1


def test_a_decision_reaches_gradebook_and_feedback(graded):
    graded[0].decide("ana", "04.mirrored", Decision(3.5, "well argued"))
    out = write(graded)
    assert "3.5" in (out / GRADEBOOK).read_text("utf-8")
    assert any("well argued" in page.read_text("utf-8") for page in (out / "feedback").glob("ana*.html"))


def test_damaged_decisions_are_said_before_anything_is_written(graded):
    out = write(graded)
    before = (out / GRADEBOOK).stat().st_mtime_ns
    (out / "decisions.json").write_text("{")
    with pytest.raises(GradingError, match=r"decisions\.json"):
        write(graded)
    assert (out / GRADEBOOK).stat().st_mtime_ns == before


def test_the_same_records_give_the_same_pages(graded):
    out = write(graded)
    first = {path: path.read_bytes() for path in out.rglob("*.html")}
    assert {path: path.read_bytes() for path in write(graded).rglob("*.html")} == first

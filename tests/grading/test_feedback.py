"""A student's page: in the student's language, with signs and words, and nothing in it that a browser runs."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lab_helpers.exercises import Finding
from lab_helpers.grading.feedback import feedback_page, page_name, write_feedback
from lab_helpers.grading.grades import grades
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.grading.store import Decision
from lab_helpers.i18n import message

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}"
FINDINGS = (
    Finding(True, 2, message("five answers, each a text")),
    Finding(False, 3, message("{n} different texts", n=5), message("{n} different texts", n=4)),
)
SAID = message("{type}: {says}", type="E", says=EVIL)
QUESTION = ExerciseRecord("05.generate", Mark.NOT_YET, 2, 5, message("One answer to each loaded prompt"), FINDINGS)
RECORD = Record("k", "Ana", "7", "moodle", "p", "05_x", "en", "d", State.GRADED, exercises=(QUESTION,))


class Tags(HTMLParser):
    """The tags and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]


def page(record=RECORD, decisions=None, late_percent=0.0):
    return feedback_page(grades([record], decisions or {}, late_percent))


def words(html):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(text.split())


def test_points_are_written_as_the_language_writes_numbers():
    half = replace(RECORD, exercises=(replace(QUESTION, points=2.5),))
    assert "2.5 of 5 points" in words(page(half))
    assert "2,5 de 5 pontos" in words(page(replace(half, locale="pt-BR")))


def test_it_says_the_points_and_each_criterion_in_signs_and_words():
    said = words(page())
    assert "Feedback for Ana" in said
    assert "2 of 5 points" in said
    assert "○ Not yet" in said
    assert "✓ met: five answers, each a text" in said
    assert "○ not met yet: 5 different texts" in said
    assert "Found: 4 different texts" in said


def test_it_speaks_the_students_language():
    html = page(replace(RECORD, locale="pt-BR"))
    assert '<html lang="pt-BR">' in html
    assert "Feedback for" not in html
    assert "met:" not in words(html)


@pytest.mark.parametrize("mark", list(Mark))
def test_every_mark_has_words_in_both_languages(mark):
    marked = replace(RECORD, exercises=(replace(QUESTION, mark=mark, findings=(), because=message("x")),))
    verdicts = [re.search(r'class="verdict">(.)\s+(\w+)', page(replace(marked, locale=tag))) for tag in ("en", "pt-BR")]
    assert all(verdicts)
    assert len({found[2] for found in verdicts if found}) == 2


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, student=EVIL),
        replace(RECORD, lesson=EVIL),
        replace(RECORD, notes=(message("Cell {cell} is missing.", cell=EVIL),)),
        replace(RECORD, state=State.UNREADABLE, exercises=(), problem=SAID),
        replace(RECORD, exercises=(replace(QUESTION, because=SAID),)),
        replace(RECORD, exercises=(replace(QUESTION, next_step=SAID),)),
        replace(RECORD, exercises=(replace(QUESTION, findings=(Finding(False, 1, message("x"), SAID),)),)),
    ],
)
def test_nothing_of_a_submission_reaches_the_browser_as_more_than_text(record):
    html = page(record)
    assert not {"script", "img"} & Tags(html).tags
    assert "&lt;script&gt;alert(1)" in html
    assert "{{ 7 * 7 }}" in html


def test_the_page_may_load_and_run_nothing_and_links_nowhere():
    html = page()
    assert """content="default-src 'none'; style-src 'unsafe-inline'\"""" in html
    assert Tags(html).links == []
    assert "url(" not in html
    assert "@import" not in html


def test_what_the_teacher_wrote_is_shown_as_text():
    html = page(decisions={"Ana (7)": {"05.generate": Decision(4, EVIL)}})
    assert "From your teacher:" in html
    assert "4 of 5 points" in words(html)
    assert "script" not in Tags(html).tags


def test_a_deduction_for_late_work_is_said():
    said = words(page(replace(RECORD, late=True), late_percent=50))
    assert "1 of 5 points · after the deduction for late work" in said
    assert "deduction" not in words(page(late_percent=50))


def test_a_submission_that_was_not_run_says_why():
    unread = replace(
        RECORD,
        lesson="",
        state=State.UNREADABLE,
        exercises=(),
        problem=message("The notebook is of none of the lessons."),
    )
    assert "The notebook is of none of the lessons." in words(page(unread))
    assert "0 of 0" not in words(page(unread))


def test_one_page_holds_a_students_lessons_and_none_of_a_namesakes(tmp_path):
    records = [RECORD, replace(RECORD, lesson="06_y"), replace(RECORD, number="8", lesson="07_z")]
    pages = write_feedback(grades(records, {}), tmp_path)
    assert set(pages) == {"Ana (7)", "Ana (8)"}
    own = (tmp_path / pages["Ana (7)"]).read_text("utf-8")
    assert [lesson in own for lesson in ("05_x", "06_y", "07_z")] == [True, True, False]


def test_pages_of_students_who_left_go(tmp_path):
    write_feedback(grades([RECORD], {}), tmp_path)
    pages = write_feedback(grades([replace(RECORD, student="Bia")], {}), tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")] == list(pages.values())


@pytest.mark.parametrize("name", ["../../etc/x", "", "ção", "a" * 300, "CON", EVIL, "a/b\\c:d", "\udcff"])
def test_any_name_gives_a_file_in_the_folder(name, tmp_path):
    (path,) = write_feedback(grades([replace(RECORD, student=name, number="")], {}), tmp_path).values()
    assert (tmp_path / path).parent == tmp_path / "feedback"


def test_names_that_look_alike_have_pages_of_their_own():
    assert len({page_name(name).casefold() for name in ("a b", "a_b", "A b", "a  b")}) == 4

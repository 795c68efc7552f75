"""The review page: an instructor decides by hand, nothing typed is lost, and nobody else gets in."""

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lab_helpers import i18n
from lab_helpers.errors import GradingError
from lab_helpers.grading import Decision
from lab_helpers.grading.records import LONGEST_ANSWER, State
from lab_helpers.grading.renewal import REPORTS, reports_are_current
from lab_helpers.grading.review import (
    LONGEST_COMMENT,
    Show,
    View,
    before_and_after,
    questions,
    read_comment,
    read_points,
    shown,
)
from lab_helpers.grading.review_app import Review
from lab_helpers.grading.review_guard import MAX_FORM_BYTES, Guard
from tests.grading.reviewed import CLASS, PAIRED, SENTENCE, answered, graded_class
from tests.grading.test_feedback import EVIL, Tags, words

PORT = 8123
HERE = f"http://127.0.0.1:{PORT}"
ORIGIN = {"origin": HERE}


class Fields(HTMLParser):
    """The decision's form: where it goes and what stands in it."""

    def __init__(self, html):
        super().__init__()
        self.action, self.values, self._name = "", {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and attrs.get("id") == "decision":
            self.action, self.values = attrs["action"], {}
        elif tag == "input":
            self.values[attrs["name"]] = attrs["value"]
        self._name = attrs["name"] if tag == "textarea" else None

    def handle_endtag(self, _tag):
        self._name = None

    def handle_data(self, data):
        if self._name:
            self.values[self._name] = data.removeprefix("\n")


class Instructor:
    """Somebody with a browser that was opened at the printed address."""

    def __init__(self, store):
        self.store, self.guard = store, Guard(PORT)
        self.app = Review(store, self.guard)
        self.browser = TestClient(self.app.application(), base_url=HERE)
        self.browser.get(self.guard.address)

    def open(self, path):
        return self.browser.get(path)

    def answer(self, student, exercise=SENTENCE, query=""):
        """The page of one student's answer."""
        found = questions(self.store.records(), self.store.decisions())
        key = next(a.key for q in found for a in q.answers if (a.record.student, q.key) == (student, exercise))
        return self.open(f"/answer/{key}{query}")

    def send(self, page, headers=ORIGIN, **typed):
        """The form of `page` with what was typed into it, sent."""
        form = Fields(page.text)
        return self.browser.post(form.action, data={**form.values, **typed}, headers=headers)

    def kept(self, student):
        return self.store.decisions().get(student, {}).get(SENTENCE)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr(i18n, "_chosen", "en")


@pytest.fixture
def instructor(tmp_path):
    return Instructor(graded_class(tmp_path))


def test_the_list_counts_answers_decisions_and_mean_points(instructor):
    instructor.store.decide("ana", SENTENCE, Decision(2.5))
    said = words(instructor.open("/").text)
    assert "06.sentence The sentence you may write 3 2 2 1.83 / 3" in said
    assert "07.paired The sentence you may write 1 1 1 1 / 3" in said


def test_an_answer_is_shown_with_what_the_grader_found(instructor):
    said = unescape(words(instructor.answer("ana").text))
    assert "sentence = 'Men are more often named.'" in said
    assert "○ Not yet" in said
    assert "five answers, each a text" in said
    assert "Found: 4 different texts" in said


def test_an_exercise_is_walked_from_answer_to_answer_and_back_to_the_list(instructor):
    page, seen = instructor.open(f"/exercise/{SENTENCE}"), []
    while "decision" in page.text:
        seen.append(re.search(r"<strong>(\w+)</strong>", page.text)[1])
        page = instructor.send(page, points="2", comment=f"to {seen[-1]}")
    assert seen == ["ana", "bia", "caio"]
    assert page.url.path == "/"
    assert {student: instructor.kept(student) for student in seen} == {
        student: Decision(2, f"to {student}") for student in seen
    }
    assert "✓ Saved: caio, 2 of 3 points." in words(page.text)


def test_what_was_decided_stands_in_the_form_again(instructor):
    instructor.store.decide("ana", SENTENCE, Decision(2.5, "Well\nargued"))
    values = Fields(instructor.answer("ana").text).values
    assert (values["points"], values["comment"]) == ("2.5", "Well\nargued")


def test_empty_fields_take_a_decision_back(instructor):
    instructor.store.decide("ana", SENTENCE, Decision(2, "x"))
    said = words(instructor.send(instructor.answer("ana"), points=" ", comment=" ").text)
    assert instructor.store.decisions() == {}
    assert "the grader's points count" in unescape(said)


def test_the_graders_points_can_be_kept_as_a_decision(instructor):
    instructor.send(instructor.answer("ana"), accept="yes", comment="Yes.")
    assert instructor.kept("ana") == Decision(1, "Yes.")


@pytest.mark.parametrize(("show", "students"), [("undecided", ["bia", "caio"]), ("not-correct", ["ana", "caio"])])
def test_a_filter_shows_only_its_answers(show, students, instructor):
    instructor.store.decide("ana", SENTENCE, Decision(2))
    page, seen = instructor.open(f"/exercise/{SENTENCE}?show={show}"), []
    while "decision" in page.text:
        seen.append(re.search(r"<strong>(\w+)</strong>", page.text)[1])
        assert f"of {len(students)}" in words(page.text) or show == "undecided"
        page = instructor.send(page, points="1")
    assert seen == students


def test_a_filter_that_lets_nothing_through_leads_to_the_list(instructor):
    instructor.store.decide("ana", PAIRED, Decision(2))
    assert instructor.open(f"/exercise/{PAIRED}?show=undecided").url.path == "/"


def test_a_hidden_name_is_told_once_it_is_decided(instructor):
    page = instructor.answer("caio", query="?names=hidden")
    assert "name hidden" in page.text
    assert "caio" not in page.text
    saved = instructor.send(page, points="1", comment="x")
    assert "✓ Saved: caio" in words(saved.text)
    assert "caio" in instructor.answer("caio", query="?names=hidden").text


def test_the_order_of_hidden_names_is_another_for_each_exercise():
    records = [answered(f"s{n}", "x", key=key) for n in range(9) for key in (SENTENCE, PAIRED)]
    orders = [[one.record.student for one in shown(q, View(hides_names=True))] for q in questions(records, {})]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])


@pytest.mark.parametrize("points", ["four", "-1", "3.5", "nan", "inf", "1e0", "1_0", "2;5", "1.234", "٣", "0x1", EVIL])
def test_bad_points_are_refused_and_what_was_typed_stays(points, instructor):
    refused = instructor.send(instructor.answer("ana"), points=points, comment="A long comment.")
    values = Fields(refused.text).values
    assert refused.status_code == 422
    assert "Not saved: points are a number from 0 to 3." in words(refused.text)
    assert (values["points"], values["comment"]) == (points, "A long comment.")
    assert instructor.store.decisions() == {}
    assert instructor.send(refused, points="2").status_code == 200
    assert instructor.kept("ana") == Decision(2, "A long comment.")


@pytest.mark.parametrize(
    ("typed", "points"),
    [("", None), (" 2 ", 2), ("2.5", 2.5), ("2,5", 2.5), ("0", 0), ("3", 3), ("3.0", 3), ("0.25", 0.25)],
)
def test_points_are_read_as_either_language_writes_them(typed, points):
    assert read_points(typed, 3) == points


@given(st.text(), st.integers(0, 20))
def test_whatever_is_typed_gives_points_in_range_or_is_refused(typed, out_of):
    try:
        points = read_points(typed, out_of)
    except GradingError:
        return
    assert points is None or 0 <= points <= out_of


def test_a_comment_has_the_line_ends_of_a_text_and_an_end():
    assert read_comment(" one\r\ntwo ") == "one\ntwo"
    with pytest.raises(GradingError, match="5000"):
        read_comment("x" * (LONGEST_COMMENT + 1))


def test_a_second_tab_does_not_undo_the_first(instructor):
    first, second = instructor.answer("ana"), instructor.answer("ana")
    instructor.send(first, points="3", comment="From the first.")
    refused = instructor.send(second, points="", comment="From the second.")
    assert refused.status_code == 422
    assert "It now has 3 points." in words(refused.text)
    assert "From the first." in words(refused.text)
    assert instructor.kept("ana") == Decision(3, "From the first.")
    instructor.send(refused)
    assert instructor.kept("ana") == Decision(None, "From the second.")


def test_an_answer_that_was_graded_anew_is_looked_at_again(instructor):
    page = instructor.answer("ana")
    instructor.store.keep(replace(CLASS[0], exercises=(replace(CLASS[0].exercises[0], answer="another"),)))
    refused = instructor.send(page, points="3", comment="x")
    assert refused.status_code == 422
    assert "another" in refused.text
    assert instructor.store.decisions() == {}


def test_an_answer_that_is_gone_loses_no_comment(instructor):
    page = instructor.answer("ana")
    instructor.store.forget_others([])
    refused = instructor.send(page, points="3", comment="Hours of work.")
    assert refused.status_code == 409
    assert "Hours of work." in refused.text


def test_damaged_decisions_are_told_left_alone_and_lose_no_comment(instructor):
    page = instructor.answer("ana")
    (instructor.store.folder / "decisions.json").write_text("{")
    refused = instructor.send(page, points="3", comment="Hours of work.")
    assert refused.status_code == 409
    assert "decisions.json cannot be read" in words(refused.text)
    assert "Hours of work." in refused.text
    assert (instructor.store.folder / "decisions.json").read_text() == "{"


def test_the_page_says_when_reports_are_older_and_writes_them(instructor):
    assert "are up to date" in instructor.open("/").text
    saved = instructor.send(instructor.answer("ana"), points="2.75", comment="Well argued.")
    assert "are older than what was decided" in saved.text
    form = {"token": instructor.guard.form_token}
    written = instructor.browser.post("/reports", data=form, headers=ORIGIN)
    assert "are up to date" in written.text
    assert "2.75" in (instructor.store.folder / "gradebook.csv").read_text()
    assert "Well argued." in next(instructor.store.folder.glob("feedback/ana*.html")).read_text()


def test_the_page_notes_a_decision_written_by_hand(instructor):
    decision = {"ana": {SENTENCE: {"points": 2}}}
    (instructor.store.folder / "decisions.json").write_text(json.dumps(decision))
    assert "are older than what was decided" in instructor.open("/").text


def test_at_the_end_reports_are_written_if_they_have_to_be(instructor):
    assert not instructor.app.write_reports()
    instructor.store.decide("ana", SENTENCE, Decision(2))
    assert instructor.app.write_reports()
    assert reports_are_current(instructor.store)


def test_a_folder_that_was_never_graded_says_what_to_do(tmp_path):
    store = graded_class(tmp_path)
    (tmp_path / REPORTS).unlink()
    with pytest.raises(GradingError, match="lab grade SUBMISSIONS --out"):
        Review(store, Guard(PORT)).write_reports()


def test_superseded_attempts_and_unreadable_files_are_not_reviewed():
    unread = replace(CLASS[0], state=State.UNREADABLE, exercises=())
    assert questions([replace(CLASS[0], state=State.SUPERSEDED), unread], {}) == []


def test_before_and_after_are_those_that_are_shown():
    sentence, _paired = questions(CLASS, {"bia": {SENTENCE: Decision(1)}})
    ana, bia, caio = sentence.answers
    assert before_and_after(bia, sentence, View()) == (ana, caio)
    assert before_and_after(ana, sentence, View(Show.UNDECIDED)) == (None, caio)
    assert before_and_after(bia, sentence, View(Show.UNDECIDED)) == (ana, caio)


EVIL_ANSWER = answered(EVIL, f"'''</code></pre>{EVIL}</textarea>", lesson=EVIL)


@pytest.mark.parametrize("query", ["", "?saved={key}", "?show=%3Cscript%3E&names=%22%3E%3Cimg%3E"])
def test_nothing_of_a_submission_reaches_the_browser_as_more_than_text(query, tmp_path):
    instructor = Instructor(graded_class(tmp_path, (EVIL_ANSWER,)))
    (question,) = questions(instructor.store.records(), {})
    key = question.answers[0].key
    for page in (instructor.open(f"/{query.format(key=key)}"), instructor.answer(EVIL, query=query.format(key=key))):
        assert "img" not in Tags(page.text).tags
        assert page.text.count("<script") == ("decision" in page.text)
        assert "&lt;script&gt;alert(1)" in page.text or page.url.path == "/"


def test_what_an_instructor_types_is_text_in_every_place(instructor):
    page = instructor.send(instructor.answer("ana"), points=EVIL, comment=f"</textarea>{EVIL}")
    assert "img" not in Tags(page.text).tags
    assert page.text.count("<script") == 1
    assert "img" not in Tags(instructor.open(f"/exercise/{EVIL.replace('/', '')}").text).tags


def test_half_a_character_and_control_characters_are_shown(tmp_path):
    instructor = Instructor(graded_class(tmp_path, (answered("ana", "x = '\udcff\x00\x1b[31m'"),)))
    assert "\\udcff" in instructor.answer("ana").text


def test_an_answer_without_an_end_is_cut_and_said_to_be(tmp_path):
    instructor = Instructor(graded_class(tmp_path, (answered("ana", "x" * LONGEST_ANSWER),)))
    assert f"first {LONGEST_ANSWER} characters" in instructor.answer("ana").text


def test_every_reply_tells_the_browser_to_run_nothing_else(instructor):
    page = instructor.answer("ana")
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]{20,})'", policy)[1]
    assert f'<script nonce="{nonce}">' in page.text
    assert policy.startswith("default-src 'none';")
    assert "form-action 'self'; frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert nonce not in instructor.answer("ana").text


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1.evil:{PORT}"]
)
def test_another_name_of_this_machine_is_refused(host, instructor):
    refused = instructor.browser.get("/", headers={"host": host})
    assert refused.status_code == 421
    assert SENTENCE not in refused.text


@pytest.mark.parametrize("path", ["/", f"/exercise/{SENTENCE}", "/?token=", "/?token=wrong", "/answer/x"])
def test_nobody_without_the_address_sees_anything(path, instructor):
    refused = TestClient(instructor.app.application(), base_url=HERE).get(path)
    assert refused.status_code == 403
    assert SENTENCE not in refused.text
    assert instructor.guard.form_token not in refused.text


def test_the_cookie_is_neither_sent_by_other_pages_nor_read_by_scripts(instructor):
    entering = TestClient(instructor.app.application(), base_url=HERE, follow_redirects=False)
    entered = entering.get(instructor.guard.address)
    assert entered.headers["location"] == "/"
    assert {"HttpOnly", "SameSite=strict"} <= set(entered.headers["set-cookie"].split("; "))


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "null"}, {"origin": "http://evil.example"}, {"origin": "http://127.0.0.1:1"}]
)
def test_a_form_from_elsewhere_is_refused_and_its_text_shown(headers, instructor):
    refused = instructor.send(instructor.answer("ana"), headers, points="3", comment="Hours of work.")
    assert refused.status_code == 403
    assert "Hours of work." in refused.text
    assert instructor.store.decisions() == {}


@pytest.mark.parametrize("token", ["", "wrong", "ção", "\udcff"])
def test_a_form_without_its_token_is_refused(token, instructor):
    token = token.encode("utf-8", "surrogateescape").decode("latin-1")
    refused = instructor.send(instructor.answer("ana"), token=token, points="3")
    assert refused.status_code == 403
    assert instructor.store.decisions() == {}


def test_a_form_without_an_end_is_refused(instructor):
    refused = instructor.send(instructor.answer("ana"), comment="x" * MAX_FORM_BYTES)
    assert refused.status_code == 413


@pytest.mark.parametrize("path", ["/nothing", "/exercise/99.x", "/favicon.ico", "/../etc/passwd"])
def test_what_is_not_there_is_said_and_leads_back(path, instructor):
    page = instructor.open(path)
    assert page.status_code == 404
    assert 'href="/?' in page.text


def test_it_speaks_the_instructors_language(instructor, monkeypatch):
    monkeypatch.setattr(i18n, "_chosen", "pt-BR")
    html = instructor.answer("ana").text
    assert '<html lang="pt-BR">' in html
    for english in ("Save and go on", "Your decision", "What the grader found", "Comment for the student", "Previous"):
        assert english not in html

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from lab_helpers import i18n
from lab_helpers.bias import score_answers
from lab_helpers.bias.names import measure_name
from lab_helpers.bias.report import bias_report
from lab_helpers.errors import DataError
from tests.bias.conftest import simulated_answers, table_of_answers

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """What is in a page: elements with their attributes, and whether every one is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture(scope="module")
def scored() -> pd.DataFrame:
    shares = {"neutral": 0.7, "male": 0.3, "female": 0.9}
    answers = simulated_answers(shares, occupations=["nurse", "chef", "doctor"], samples=12, seed=0)
    answers.loc[0, "answer"] = None
    return score_answers(answers.assign(model="a <b>model</b>"))


@pytest.fixture(scope="module")
def html(scored) -> str:
    return bias_report(scored)


def test_the_page_is_whole_and_says_its_language(html):
    page = Page(html)
    assert page.open == []
    assert page.every("html") == [{"lang": "en"}]
    assert html.startswith("<!doctype html>")


def test_the_page_needs_nothing_from_elsewhere(html):
    assert not re.search(r'(?:src|href)=(?!"data:)', html)
    assert "url(" not in html
    assert "@import" not in html
    assert "<script" not in html


def test_headings_pictures_and_tables_can_be_read_aloud(html):
    page = Page(html)
    assert len(page.every("h1")) == 1
    assert len(page.every("h2")) == len(page.every("section")) == 7
    assert len(page.every("img")) == 4
    assert all(image["alt"] for image in page.every("img"))
    assert len(page.every("caption")) == len(page.every("table")) == 6
    assert all(cell["scope"] in ("row", "col") for cell in page.every("th"))


def test_it_reads_in_the_dark_and_on_paper(html):
    assert "@media print" in html
    dark = html.partition("@media screen and (prefers-color-scheme: dark)")[2].partition("@media")[0]
    assert "background: #121212" in dark
    assert "img { filter: invert" in dark


def test_a_number_stands_below_its_heading(html):
    page = Page(html)
    headings = [cell for cell in page.every("th") if cell["scope"] == "col"]
    assert sum("class" in cell for cell in headings) > 0
    rows = re.findall(r"<thead><tr>(.*?)</tr>.*?<tbody>\n<tr>(.*?)</tr>", html, re.DOTALL)
    assert len(rows) == 6
    for head, first in rows:
        assert re.findall(r"<th[^>]*?( class=n)?>", head) == re.findall(r"<t[hd][^>]*?( class=n)?>", first)


def test_an_interval_that_is_missing_is_one_dash(html):
    assert "<td class=n>–</td>" in html
    assert "– to –" not in html


def test_what_a_model_or_a_name_says_is_text_and_no_markup(html):
    assert "a &lt;b&gt;model&lt;/b&gt;" in html
    assert "<b>" not in html


def test_an_answers_markup_in_an_example_is_text():
    rows = [("nurse", "female", "So <script>alert(1)</script> warm.")] * 12 + [("nurse", "male", "So strong.")] * 12
    assert "<script" not in bias_report(score_answers(table_of_answers(*rows)), title="<script>")


def test_the_ledger_counts_the_missing_answer(html):
    assert re.search(r"Missing answers</th><td>1</td>", html)


def test_every_section_has_its_verdict_or_its_null(html):
    text = Page(html).text
    assert "exploratory" in text
    assert "Range by chance" in text
    assert "unbiased" not in text.lower()


def test_what_cannot_be_measured_is_said_in_its_place():
    page = Page(bias_report(score_answers(table_of_answers(("nurse", "male", "He."), ("chef", "female", "She.")))))
    assert page.open == []
    assert "Not measured: No row of the table comes from a neutral prompt." in page.text
    assert "Not measured: These have only a male or only a female prompt: chef, nurse." in page.text


def test_each_measure_has_a_section_and_each_table_that_scrolls_a_name_of_its_own(scored):
    page = Page(bias_report(scored, ["feminine", "n_words"]))
    for measure in ("feminine", "n_words"):
        assert f"Women minus men, between twin prompts: {measure_name(measure)}" in page.text
    names = [division["aria-label"] for division in page.every("div")]
    assert len(set(names)) == len(names) == 7


def test_the_page_says_which_language_it_is_in(scored, monkeypatch):
    monkeypatch.setattr(i18n, "_chosen", "pt-BR")
    assert Page(bias_report(scored)).every("html") == [{"lang": "pt-BR"}]


def test_the_same_answers_give_the_same_page(scored, html):
    assert bias_report(scored) == html


def test_answers_that_were_not_scored_are_refused():
    with pytest.raises(DataError, match="described"):
        bias_report(table_of_answers(("nurse", "male", "He.")))

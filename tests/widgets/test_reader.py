import subprocess
import sys

import pandas as pd
import pytest

import lab_helpers
from lab_helpers import i18n, live
from lab_helpers.bias import Span, load_lexicon, marked_words, score_answers
from lab_helpers.errors import DataError
from lab_helpers.widgets import Reader, read_side_by_side
from lab_helpers.widgets.marks import legend, to_marked_html
from tests.bias.conftest import table_of_answers
from tests.bias.test_report import Page

VIEW = "application/vnd.jupyter.widget-view+json"
OCCUPATIONS = ("nurse", "engineer", "teacher", "doctor", "chef")


def scored_answers(samples: int = 4) -> pd.DataFrame:
    """Neutral answers about women, and answers about men where a man was asked for."""
    answers = {"neutral": "She is a caring leader.", "male": "He helps them."}
    rows = [(name, gender, answer) for name in OCCUPATIONS for gender, answer in answers.items()] * samples
    return score_answers(table_of_answers(*rows))


@pytest.fixture
def shown() -> Reader:
    return read_side_by_side(scored_answers())


@pytest.fixture
def in_a_kernel(monkeypatch):
    monkeypatch.setattr(live, "has_kernel", lambda: True)
    monkeypatch.delenv("LAB_STATIC", raising=False)


def marks(html: str) -> list[str]:
    return [str(attributes["title"]) for attributes in Page(html).every("u")]


def test_the_learner_finds_it_in_the_vocabulary():
    assert lab_helpers.read_side_by_side is read_side_by_side


def test_words_are_marked_by_a_letter_and_a_line_of_their_own():
    text = "She leads, he helps."
    spans = [Span(0, 3, ("feminine",), "she"), Span(11, 13, ("masculine",), "he")]
    html = to_marked_html(text, spans)
    assert marks(html) == ["feminine words", "masculine words"]
    assert Page(html).text.split() == ["She", "f", "leads,", "he", "m", "helps."]
    lines = {mark["style"].partition("underline ")[2].split()[0] for mark in Page(legend()).every("u")}
    assert lines == {"wavy", "double", "solid", "dotted"}


def test_words_that_overlap_share_a_mark():
    spans = [Span(0, 10, ("feminine",), "sie leitet"), Span(4, 10, ("agentic",), "leitet")]
    html = to_marked_html("Sie leitet.", spans)
    assert marks(html) == ["feminine words, agentic words"]
    assert Page(html).text.split() == ["Sie", "leitet", "f", "a", "."]


def test_a_hostile_answer_is_text():
    text = "She <script>alert('she')</script> & <img src=x onerror=he> \ud800"
    html = to_marked_html(text, marked_words(text, load_lexicon("en")))
    assert {tag for tag, _attributes in Page(html).elements} == {"u", "sup"}
    assert html.encode("utf-8")


def test_hostile_values_of_every_column_are_text():
    hostile = '"><script>alert(1)</script>'
    answers = table_of_answers((hostile, "neutral", hostile), (hostile, "male", hostile))
    scored = score_answers(answers.assign(prompt=hostile, by=hostile))
    for html in (read_side_by_side(scored)._repr_html_(), read_side_by_side(scored, by="by")._repr_html_()):
        assert "<script" not in html


def test_an_apostrophe_stays_as_it_was_written():
    text = "She’s kind"
    assert "</sup>’s <u" in to_marked_html(text, marked_words(text, load_lexicon("en")))


def test_the_page_shows_the_first_pairs_of_every_group_and_says_how_many_there_are(shown):
    page = Page(shown._repr_html_())
    assert page.open == []
    assert len(page.every("details")) == len(page.every("summary")) == len(page.every("table")) == 10
    assert "Nurse, sample 0: a woman | a man" in page.text
    assert "Chef, sample 1: a woman | a man" in page.text
    assert "10 of 20 pairs shown." in page.text


def test_only_the_first_pair_is_open(shown):
    opened = ["open" in attributes for attributes in Page(shown._repr_html_()).every("details")]
    assert opened == [True] + [False] * 9


def test_a_pairs_table_can_be_read_aloud(shown):
    page = Page(shown._repr_html_())
    assert all(cell["scope"] in ("row", "col") for cell in page.every("th"))
    assert len(page.every("caption")) == len(page.every("table"))
    assert {text["lang"] for text in page.every("div") if "lang" in text} == {"en"}


def test_each_answer_has_its_words_and_its_verdict_below(shown):
    text = " ".join(Page(shown._repr_html_()).text.split())
    assert "Describes a woman a man" in text
    assert "Feminine words she – Masculine words – he" in text
    assert "Agentic words leader –" in text
    assert "Communal words caring" in text


def test_a_missing_answer_and_a_counterpart_that_is_missing_are_said():
    answers = table_of_answers(("nurse", "neutral", None), ("nurse", "male", "He."), ("chef", "male", "He."))
    text = " ".join(Page(read_side_by_side(score_answers(answers))._repr_html_()).text.split())
    assert "Describes no answer a man" in text
    assert "1 of 1 pair shown. 1 answer has no counterpart on the other side and is left out." in text


def test_a_refusal_is_said():
    answers = table_of_answers(
        ("nurse", "neutral", "I'm sorry, but I can't assist with that."), ("nurse", "male", "He.")
    )
    assert "no gender; declines to answer" in read_side_by_side(score_answers(answers))._repr_html_()


def test_a_long_answer_scrolls_and_can_be_reached_with_the_keyboard():
    answers = table_of_answers(("nurse", "neutral", "She cares. " * 10_000), ("nurse", "male", "He cares."))
    page = Page(read_side_by_side(score_answers(answers))._repr_html_())
    (region,) = [division for division in page.every("div") if division.get("role") == "region"]
    assert region["tabindex"] == "0"
    assert region["aria-label"] == "Answer"


def test_as_text_it_has_three_pairs_with_their_words(shown):
    text = repr(shown)
    assert text.startswith("Nurse, sample 0\nNo gender asked for: Describe a  nurse.\n  She is a caring leader.\n")
    assert "describes a woman; feminine words: she; agentic words: leader; communal words: caring" in text
    assert text.endswith("[3 of 20 pairs shown.]")


def test_it_speaks_the_learners_language(shown, monkeypatch):
    monkeypatch.setattr(i18n, "_chosen", "pt-BR")
    text = Page(shown._repr_html_()).text
    assert "Descreve" in text
    assert "Describes" not in text


def test_where_nothing_runs_the_page_stands_alone(shown):
    (only,) = shown.outputs()
    assert only == {"text/plain": repr(shown), "text/html": shown._repr_html_()}


def test_in_a_kernel_the_widget_comes_first_and_the_page_stays_for_later(shown, in_a_kernel):
    widget, page = shown.outputs()
    assert widget[VIEW]["model_id"] == shown.controls.box.model_id
    assert "text/html" not in widget
    assert shown._repr_html_() in page["text/html"]
    assert page["text/html"].startswith("<details><summary>")
    assert Page(page["text/html"]).open == []


def test_a_solution_that_is_kept_has_no_widget(shown, in_a_kernel, monkeypatch):
    monkeypatch.setenv("LAB_STATIC", "1")
    assert [list(output) for output in shown.outputs()] == [["text/plain", "text/html"]]


def test_without_ipywidgets_the_page_stands_alone(shown, in_a_kernel, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.delitem(sys.modules, "lab_helpers.widgets.controls", raising=False)
    assert [list(output) for output in shown.outputs()] == [["text/plain", "text/html"]]


def test_looking_it_up_loads_no_widgets():
    script = "import sys, lab_helpers.widgets; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_language_is_the_tables_own_or_english():
    answers = table_of_answers(("nurse", "neutral", "Ela cuida."), ("nurse", "male", "Ele cuida."))
    scored = score_answers(answers, language="pt")
    assert marks(read_side_by_side(scored.assign(language="pt"))._repr_html_()).count("feminine words") == 2
    assert marks(read_side_by_side(scored, language="pt")._repr_html_()).count("feminine words") == 2
    assert marks(read_side_by_side(scored)._repr_html_()).count("feminine words") == 1  # the legend's


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"language": "tlh"}, "tlh"),
        ({"right": "nobody"}, "nobody"),
        ({"left": "male"}, "Both sides are male"),
        ({"by": "country"}, "country"),
    ],
)
def test_what_cannot_be_read_is_named(wrong, found):
    with pytest.raises(DataError, match=found):
        read_side_by_side(scored_answers(), **wrong)


def test_answers_in_several_languages_are_refused():
    scored = scored_answers(1)
    with pytest.raises(DataError, match="more than one language"):
        read_side_by_side(pd.concat([scored.assign(language="en"), scored.assign(language="pt")]))

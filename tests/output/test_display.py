"""What a learner sees: the rows that fit, every value as text, in any front end and any language."""

import subprocess
import sys
from collections import namedtuple
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.output import display, table_of, tables
from lab_helpers.output.interactive import bundle_html, to_interactive_html
from lab_helpers.output.tables import MAX_BYTES, MAX_ROWS, cut, to_html, to_text

HOSTILE = '<script>steal()</script><img src=x onerror=steal()> & "quotes" it\'s'


class Reader(HTMLParser):
    """Reads an HTML table as a browser would: its cells' text, and every element that stands in it."""

    def __init__(self):
        super().__init__()
        self.cells, self.tags, self.caption, self._inside = [], [], "", None

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._inside = tag
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside in ("td", "th"):
            self.cells[-1] += data
        if self._inside == "caption":
            self.caption += data


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LAB_LOCALE", "en")
    monkeypatch.setattr("lab_helpers.i18n._chosen", None)


def test_pandas_table_shows_its_columns_and_rows_without_the_index():
    answers = pd.DataFrame({"prompt": ["Describe a nurse.", "Describe a chef."], "tokens": [12, 7]})
    table = read(to_html(table_of(answers)))
    assert table.cells == ["prompt", "tokens", "Describe a nurse.", "12", "Describe a chef.", "7"]
    assert table.caption == "2 rows"


def test_rows_left_by_a_filter_show_no_numbers_of_their_own():
    answers = pd.DataFrame({"tokens": [12, 7]})
    assert table_of(answers[answers.tokens < 10]).rows == ((7,),)


def test_an_index_that_tells_something_is_a_column():
    counts = pd.Series(["she", "he", "she"], name="pronoun").value_counts()
    assert table_of(counts).columns == ("pronoun", "count")
    assert table_of(counts).rows == (("she", 2), ("he", 1))


def test_grouped_columns_and_groups_keep_all_their_names():
    answers = pd.DataFrame({"gender": ["f", "f", "m"], "occupation": ["chef", "nurse", "chef"], "tokens": [1, 2, 3]})
    grouped = answers.groupby(["occupation", "gender"]).agg({"tokens": ["mean", "size"]})
    assert table_of(grouped).columns == ("occupation", "gender", "tokens · mean", "tokens · size")


def test_lists_of_rows_become_tables():
    Answer = namedtuple("Answer", "prompt answer")
    assert table_of([Answer("Hi", "Hello")]).columns == ("prompt", "answer")
    assert table_of([{"prompt": "Hi"}, {"answer": "Hello"}]).rows == (("Hi", None), (None, "Hello"))
    assert table_of([("a", 1), ("b", 2)]).columns == ("_1", "_2")


@pytest.mark.parametrize("shown", [["just", "words"], [], [("a", 1), ("b",)], "text", 7, None, [1, ("a",)]])
def test_what_is_no_table_is_not_made_one(shown):
    assert table_of(shown) is None


@given(st.lists(st.tuples(st.text(), st.none() | st.text()), min_size=1, max_size=20))
def test_no_answer_becomes_markup(rows):
    plain = read(to_html(cut(["prompt", "answer"], rows)))
    assert plain.tags.count("td") == 2 * len(rows)
    assert set(plain.tags) <= {"div", "style", "table", "caption", "thead", "tr", "th", "tbody", "td"}


def test_a_hostile_answer_and_column_name_stay_text():
    html = to_interactive_html(table_of(pd.DataFrame({HOSTILE: [HOSTILE]})))
    assert read(html).cells == [HOSTILE, HOSTILE]
    assert "<img" not in html
    assert html.count("<script") == 1


def test_table_is_complete_where_no_script_runs():
    answers = pd.DataFrame({"n": range(150)})
    assert read(to_interactive_html(table_of(answers))).cells == ["n", *map(str, range(150))]


def test_formulas_of_a_dollar_sign_are_left_alone():
    assert "mathjax_ignore" in to_html(table_of(pd.DataFrame({"answer": ["It costs $5 or $6."]})))


def test_ten_thousand_rows_are_shown_and_the_caption_says_of_how_many():
    table = table_of(pd.DataFrame({"n": range(25_000)}))
    assert len(table.rows) == MAX_ROWS
    assert table.caption == "10,000 of 25,000 rows shown: a table stops at 10,000 rows or 2 MB."


def test_exactly_ten_thousand_rows_are_not_called_cut():
    assert table_of(pd.DataFrame({"n": range(MAX_ROWS)})).caption == "10,000 rows"


def test_two_megabytes_are_shown_of_rows_of_100_kb():
    table = table_of(pd.DataFrame({"answer": ["é" * 50_000] * 100}))
    assert len(table.rows) == MAX_BYTES // 100_000
    assert table.caption.startswith("20 of 100 rows shown")


def test_one_row_above_two_megabytes_is_shown_shortened():
    table = table_of(pd.DataFrame({"answer": ["é" * MAX_BYTES], "n": [1]}))
    assert len(to_html(table).encode()) < MAX_BYTES
    assert table.rows[0][0].endswith("…")
    assert table.rows[0][1] == 1


def test_no_more_rows_are_taken_than_one_beyond_what_is_shown():
    taken = []
    cut(["answer"], ((taken.append(n) or "x" * 1024,) for n in range(100_000)))
    assert len(taken) == MAX_BYTES // 1024 + 1


def test_half_a_character_is_shown_and_does_not_stop_the_table():
    assert read(to_html(cut(["answer"], [("half \ud83d",)]))).cells == ["answer", "half ?"]


def test_missing_values_are_empty_and_figures_keep_their_exact_value_for_sorting():
    html = to_html(table_of(pd.DataFrame({"rate": [1 / 3, None], "answer": ["yes", pd.NA]})))
    assert 'data-order="0.3333333333333333">0.333333<' in html
    assert '<td class="n null" data-order=""></td><td class="null" style="text-align:left"></td>' in html


def test_table_of_no_rows_shows_its_columns():
    table = table_of(pd.DataFrame({"prompt": [], "answer": []}))
    assert read(to_html(table)).cells == ["prompt", "answer"]
    assert to_text(table) == "prompt  answer\n[0 rows]"


def test_text_form_is_short():
    text = to_text(table_of(pd.DataFrame({"answer": ["line one\nline two " * 40] * 30})))
    assert len(text.splitlines()) == 1 + 5 + 2
    assert max(map(len, text.splitlines())) <= 60


def test_interactive_table_speaks_the_learners_language(monkeypatch):
    monkeypatch.setattr("lab_helpers.output.interactive._", lambda message: f"«{message}»")
    html = to_interactive_html(table_of(pd.DataFrame({"n": range(11)})))
    assert "\\u00abSearch:\\u00bb" in html
    assert "\\u00abDownload CSV\\u00bb" in html


def test_thousands_are_separated_as_the_language_does(monkeypatch):
    monkeypatch.setattr(tables, "_", lambda message: {",": "."}.get(message, message))
    assert tables.with_thousands(1_234_567) == "1.234.567"


def test_nothing_is_fetched_from_the_network():
    html = bundle_html() + to_interactive_html(table_of(pd.DataFrame({"n": [1]})))
    assert "src=" not in html
    assert "href=" not in html
    assert "import " not in html


class Notebook:
    """A kernel's shell as display() sees it: keeps what would be shown."""

    def __init__(self):
        self.outputs, self.user_ns, self.parent_header = [], {}, {}

    def run_cell(self, cell, run, *shown):
        self.parent_header = {"metadata": {"cellId": cell}, "header": {"msg_id": run}}
        self.outputs.clear()
        display(*shown)
        return self.outputs


@pytest.fixture
def notebook(monkeypatch):
    shell = Notebook()
    monkeypatch.delenv("LAB_STATIC", raising=False)
    monkeypatch.setattr("lab_helpers.output.shown.ipython_shell", lambda: shell)
    monkeypatch.setattr("lab_helpers.output.shown._ipython_display", lambda shown, **_: shell.outputs.append(shown))
    monkeypatch.setattr("lab_helpers.output.shown._BUNDLE._home", None)
    return shell


def test_output_is_one_table_as_html_and_text(notebook):
    [output] = notebook.run_cell("a", "1", pd.DataFrame({"n": [1]}))
    assert set(output) == {"text/html", "text/plain"}
    assert output["text/plain"] == "n\n1\n[1 row]"


def test_the_script_is_sent_once_and_again_only_when_its_own_cell_runs_again(notebook):
    table = pd.DataFrame({"n": [1]})

    def sent(cell, run):
        return [len(output["text/html"]) > 500_000 for output in notebook.run_cell(cell, run, table, table)]

    assert sent("a", "1") == [True, False]
    assert sent("b", "2") == [False, False]
    assert sent("a", "3") == [True, False]
    assert sent("b", "4") == [False, False]


def test_static_output_has_no_script_and_is_the_same_every_time(notebook, monkeypatch):
    monkeypatch.setenv("LAB_STATIC", "1")
    table = pd.DataFrame({"answer": [HOSTILE]})
    [first, second] = notebook.run_cell("a", "1", table, table)
    assert first == second
    assert "<script" not in first["text/html"]
    assert " id=" not in first["text/html"]


def test_figure_is_a_picture_with_its_title_as_alternative_text(notebook):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    figure, axes = pyplot.subplots()
    axes.set_title("Pronouns by occupation")
    [picture] = notebook.run_cell("a", "1", figure)
    assert picture.data.startswith(b"\x89PNG")
    assert picture.alt == "Pronouns by occupation"
    assert not pyplot.fignum_exists(figure.number)


def test_anything_else_shows_itself(notebook):
    class Own:
        def _repr_html_(self):
            return "<b>own</b>"

    own = Own()
    assert notebook.run_cell("a", "1", own, "text") == [own, "text"]


def test_databricks_shows_with_its_own_display(notebook, monkeypatch):
    shown = []
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "16.4")
    notebook.user_ns["display"] = shown.append
    frame = pd.DataFrame({"n": [1]})
    assert notebook.run_cell("a", "1", frame) == []
    assert shown[0] is frame


def test_on_databricks_our_own_name_in_the_notebook_does_not_call_itself(notebook, monkeypatch):
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "16.4")
    notebook.user_ns["display"] = display
    [output] = notebook.run_cell("a", "1", pd.DataFrame({"n": [1]}))
    assert "text/html" in output


def test_plain_script_prints_text():
    code = "import pandas; from lab_helpers import display; display(pandas.DataFrame({'n': [1, 2]}), 'word')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"LAB_LOCALE": "en"}
    )
    assert done.stdout == "n\n1\n2\n[2 rows]\nword\n"

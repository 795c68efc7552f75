"""Every widget and table of the course on one page: no serious fault in light or dark, and Tab reaches each control."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tests.browser.accessibility import faults
from tests.browser.desk import CELL_TIMEOUT_MS

OUTPUTS = ".jp-Cell-outputWrapper"
ANSWERS = """
import pandas as pd
from lab_helpers import *
from lab_helpers.bias import score_answers
use_locale({locale!r})
rows = [("nurse", gender, n, f"Describe a {{gender}} nurse.", "She is a caring nurse and her day is long.")
        for gender in ("neutral", "male") for n in range(2)]
answers = pd.DataFrame(rows, columns=["occupation", "gender", "sample", "prompt", "answer"])
answers = answers.assign(prompt_id=answers.prompt, system_prompt="", finish_reason="stop", model="m", tokens=9)
scored = score_answers(answers)
"""
SHOWN = {
    "quiz": 'quiz("05.one-answer")',
    "connection": 'import os\nform = connection_form()\nform.box\nform.way.value = "azure"\nform',
    "steps": 'check_off("01")',
    "reader": "read_side_by_side(scored)",
    "table": "display(answers)",
    "error": "undefined_name",
    "progress": "progress()",
    "check": 'check("05.generate", ["one"])',
}
CONTROLS = "input:visible, select:visible, button:visible"


@pytest.fixture(scope="module")
def shown(browser, desk):
    """The notebook with all of it run."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    cells = [new_code_cell(ANSWERS.format(locale=desk.locale).strip(), id="answers")]
    cells += [new_code_cell(source, id=key) for key, source in SHOWN.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), desk.folder / "widgets.ipynb")
    notebook = desk.open(page, "widgets.ipynb")
    for key in notebook.ids:
        notebook.run(key)
    expect(notebook.output("reader").locator("select").first).to_be_visible(timeout=CELL_TIMEOUT_MS)
    yield notebook
    context.close()


def test_nothing_shown_has_a_serious_fault(desk, shown, screenshots):
    page = shown.page
    found = {}
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.body.dataset.jpThemeLight = theme }", str(theme == "light").lower())
        for key in SHOWN:
            shown.cell(key).scroll_into_view_if_needed()
            page.screenshot(path=screenshots / f"{key}-{desk.locale}-{theme}.png")
        found[theme] = faults(page, OUTPUTS)
    assert found == {"light": [], "dark": []}


@pytest.mark.parametrize("key", ["quiz", "connection", "reader"])
def test_tab_reaches_each_control(shown, key):
    page = shown.page
    controls = shown.output(key).locator(CONTROLS)
    shown.cell(key).locator(".cm-content").click()
    page.keyboard.press("Escape")  # Tab would indent
    wanted = controls.evaluate_all("all => all.filter(e => !e.disabled).map(e => e.dataset.wanted = all.indexOf(e))")
    reached = set()
    for _press in range(len(wanted) + 40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.wanted"))
    assert wanted
    assert {str(n) for n in wanted} <= reached

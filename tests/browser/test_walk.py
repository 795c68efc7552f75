"""A student's whole way through lesson 05, in both languages."""

import nbformat
import pytest
from playwright.sync_api import expect

from lab_helpers.exercises.quizzes import QUIZZES
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT

LESSON = "05_responsible_ai.ipynb"
SAYS = {
    "en": {
        "not attempted": "Not attempted",
        "not yet": "Not yet",
        "correct": "✓ Correct",
        "done": "✓ done",
        "whole": "The whole error message",
    },
    "pt-BR": {
        "not attempted": "Não tentado",
        "not yet": "Ainda não",
        "correct": "✓ Correto",
        "done": "✓ feito",
        "whole": "A mensagem de erro completa",
    },
}
OUTPUTS = ".jp-Cell-outputWrapper"
WRONG = "loaded_answers = ['the same'] * 5\nlen(loaded_answers)"


def solutions(locale):
    lesson = nbformat.read(ROOT / "solutions" / locale / LESSON, as_version=4)
    return {cell.id: cell.source for cell in lesson.cells if "### BEGIN SOLUTION" in cell.source}


def tab_to(page, target, at_most=40):
    """Press Tab until `target` has the focus."""
    for _press in range(at_most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("Tab does not reach the control.")


def test_a_student_finishes_the_lesson(desk, page, screenshots):
    says, right = SAYS[desk.locale], solutions(desk.locale)
    notebook = desk.open(page, LESSON)
    # Menus are an instructor's matter; Jupyter's own are there, so that the bar is.
    expect(page.get_by_role("menuitem", name="Kernel")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)

    def picture(stage):
        page.screenshot(path=screenshots / f"walk-{desk.locale}-{stage}.png")

    for key in ("parameters", "set-up", "system-prompt", "generate-neutral"):
        notebook.run(key)
    untouched = notebook.run("generate-loaded")
    expect(untouched.locator("details summary")).to_have_text(says["whole"])
    expect(untouched.locator("details pre")).to_be_hidden()
    picture("1-kinder-error")
    expect(notebook.run("check-generate")).to_contain_text(says["not attempted"])

    notebook.write("generate-loaded", WRONG)
    notebook.run("generate-loaded")
    expect(notebook.run("check-generate")).to_contain_text(says["not yet"])
    picture("2-not-yet")
    notebook.write("check-generate", 'hint("05.generate")')
    first = notebook.run("check-generate").inner_text()
    assert notebook.run("check-generate").inner_text() != first
    picture("3-hint")

    notebook.write("check-generate", 'check("05.generate", loaded_answers)')
    for exercise, check in (("generate-loaded", "check-generate"), ("answer-ledger", "check-ledger")):
        notebook.write(exercise, right[exercise])
        notebook.run(exercise)
        expect(notebook.run(check)).to_contain_text(says["correct"])
    picture("4-correct")

    for key in ("to-data-frames", "display-answers", "nothing-to-guess-from"):
        notebook.run(key)
    notebook.write("filtered-table", right["filtered-table"])
    notebook.run("filtered-table")
    expect(notebook.run("check-filtered")).to_contain_text(says["correct"])
    notebook.run("side-by-side")

    form = notebook.run("quiz-one-answer")
    answer_by_keyboard(page, form, QUIZZES["05.one-answer"])
    expect(form).to_contain_text(says["correct"])
    picture("5-quiz")

    notebook.write("first-chunk", right["first-chunk"])
    for key in notebook.code[notebook.code.index("first-chunk") :]:
        notebook.run(key)
    expect(notebook.output("check-first-chunk")).to_contain_text(says["correct"])

    notebook.write("bad-day", "from lab_helpers import progress\nprogress()")
    table = notebook.run("bad-day").locator("table")
    for key in ("05.generate", "05.ledger", "05.filtered", "05.first-chunk", "05.one-answer"):
        expect(table.locator("tr", has_text=key)).to_contain_text(says["done"])
    picture("6-progress")
    assert faults(page, OUTPUTS) == []


def answer_by_keyboard(page, form, quiz):
    # ipywidgets gives its radio buttons no common name: each is a stop of Tab of its own, and no arrow leads on.
    tab_to(page, form.locator("input[type=radio]").nth(list(quiz.by_letter()).index(quiz.right)))
    page.keyboard.press("Space")
    tab_to(page, form.locator("button").first)
    page.keyboard.press("Enter")

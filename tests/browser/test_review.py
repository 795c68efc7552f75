"""An instructor reviews by keyboard alone, in both languages, light and dark, on a wide screen and a narrow one."""

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lab_helpers.grading import Decision
from tests.browser.accessibility import faults
from tests.browser.test_walk import tab_to
from tests.grading.reviewed import SENTENCE, answered, graded_class

LAB = str(Path(sys.executable).with_name("lab"))
LONG = """sentence = (
    "With this model, on these prompts, answers about men name a leader more often: 0.31 (95 % interval 0.12 to 0.47).")
for occupation, share in sorted(shares.items(), key=lambda pair: pair[1], reverse=True): print(occupation, share)
"""
CLASS = (
    answered("Ana Souza", LONG),
    answered("Bia", "sentence = 'It is biased.'", points=0),
    answered("Caio", "sentence = 'The interval is wide.'"),
)
WIDTHS = {"wide": 1280, "narrow": 320}


@pytest.fixture(params=["en", "pt-BR"])
def locale(request):
    return request.param


@pytest.fixture
def store(tmp_path):
    return graded_class(tmp_path / "grades", CLASS)


@contextmanager
def reviewing(store, locale):
    """The address that the command prints, and the command, stopped at the end as Ctrl-C stops it."""
    words = [LAB, "grade", "review", str(store.folder), "--no-browser", "--locale", locale]
    command = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        yield re.search(r"http\S+", command.stdout.readline())[0]
    finally:
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=20)


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName")


def test_a_class_is_reviewed_by_keyboard(page, store, locale):
    with reviewing(store, locale) as address:
        page.goto(address)
        tab_to(page, page.locator(f"a[href^='/exercise/{SENTENCE}']").first)
        page.keyboard.press("Enter")
        expect(page.locator("#points")).to_be_focused()
        page.keyboard.type("2,5")
        page.keyboard.press("Tab")
        expect(page.locator("#comment")).to_be_focused()
        page.keyboard.type("Well argued.")
        page.keyboard.press("Enter")
        page.keyboard.type("See me.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("Ana Souza")
        expect(page.locator("pre")).to_contain_text("It is biased.")

        # Nothing typed: to the next answer, back twice, and on again.
        page.keyboard.press("Alt+j")
        expect(page.locator("pre")).to_contain_text("The interval is wide.")
        page.keyboard.press("Alt+k")
        expect(page.locator("pre")).to_contain_text("It is biased.")
        page.keyboard.type("9")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("#points")).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type("0")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("Bia")
        tab_to(page, page.locator("button[name=accept]"))
        page.keyboard.press("Enter")
        expect(page.locator("table")).to_be_visible()
        tab_to(page, page.locator("form button"))
        page.keyboard.press("Enter")
        expect(page.locator("form button")).to_have_count(0)
        assert "2.5" in (store.folder / "gradebook.csv").read_text("utf-8")
    assert {name: one[SENTENCE] for name, one in store.decisions().items()} == {
        "Ana Souza": Decision(2.5, "Well argued.\nSee me."),
        "Bia": Decision(0),
        "Caio": Decision(1),
    }


def test_what_was_typed_is_not_left_behind_unasked(page, store):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with reviewing(store, "en") as address:
        page.goto(address)
        page.locator(f"a[href^='/exercise/{SENTENCE}']").first.click()
        page.locator("#comment").fill("Hours of work.")
        page.keyboard.press("Alt+j")
        expect(page.locator("#comment")).to_have_value("Hours of work.")
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        expect(page.locator("pre")).to_contain_text("With this model")


def test_it_works_without_scripts(browser, store):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with reviewing(store, "en") as address:
        page.goto(address)
        page.locator(f"a[href^='/exercise/{SENTENCE}']").first.click()
        page.locator("#points").fill("3")
        page.locator("#save").click()
        expect(page.get_by_role("status")).to_contain_text("Ana Souza, 3 of 3")
    context.close()
    assert store.decisions()["Ana Souza"][SENTENCE] == Decision(3)


@pytest.mark.parametrize(("scheme", "width"), [("light", "wide"), ("dark", "narrow")])
def test_no_page_has_a_serious_fault_or_is_wider_than_the_screen(page, store, screenshots, locale, scheme, width):
    page.set_viewport_size({"width": WIDTHS[width], "height": 800})
    page.emulate_media(color_scheme=scheme)
    store.decide("Bia", SENTENCE, Decision(1, "x"))
    found, wider = {}, []

    def look(name):
        page.screenshot(path=screenshots / f"review-{name}-{locale}-{scheme}-{width}.png", full_page=True)
        found[name] = faults(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wider.append(name)

    with reviewing(store, locale) as address:
        page.goto(address)
        look("list")
        page.locator(f"a[href^='/exercise/{SENTENCE}']").first.click()
        look("answer")
        page.locator("#points").fill("many")
        page.locator("#save").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look("refused")
        page.locator("#points").fill("2")
        page.locator("#save").click()
        expect(page.get_by_role("status")).to_be_visible()
        look("saved")
        page.goto(f"{address.partition('?')[0]}nothing")
        look("nothing")
    assert not any(found.values())
    assert wider == []

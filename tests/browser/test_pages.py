"""The pages that leave the notebook have no serious accessibility fault, in either language, light or dark."""

import pytest

from lab_helpers import i18n
from lab_helpers.bias import score_answers
from lab_helpers.bias.report import bias_report
from tests.bias.conftest import simulated_answers
from tests.browser.accessibility import faults
from tests.grading import test_class_page as class_pages
from tests.grading import test_feedback as feedback_pages

LOCALES = ["en", "pt-BR"]


def report(locale, monkeypatch):
    monkeypatch.setattr(i18n, "_chosen", locale)
    shares = {"neutral": 0.7, "male": 0.3, "female": 0.9}
    answers = simulated_answers(shares, occupations=["nurse", "chef", "doctor"], samples=12, seed=0)
    return bias_report(score_answers(answers.assign(model="a model")))


def feedback(locale, _monkeypatch):
    return feedback_pages.page(feedback_pages.replace(feedback_pages.RECORD, locale=locale))


def whole_class(locale, _monkeypatch):
    return class_pages.page([*class_pages.CLASS, class_pages.UNREAD], locale=locale)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("made", [report, feedback, whole_class])
def test_a_page_has_no_serious_fault(page, screenshots, monkeypatch, made, locale, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_content(made(locale, monkeypatch))
    page.screenshot(path=screenshots / f"{made.__name__}-{locale}-{scheme}.png", full_page=True)
    assert faults(page) == []


def test_a_fault_is_found(page):
    page.set_content('<html lang="en"><title>x</title><main><img src="data:,"><p style="color:#eee">pale</p></main>')
    assert {fault.split()[0] for fault in faults(page)} == {"image-alt", "color-contrast"}

"""The course itself: its lessons keep the rules, and what is committed is what they build."""

from pathlib import Path

from lab_helpers.authoring import check
from lab_helpers.i18n import use_locale

ROOT = Path(__file__).parents[1]


def test_the_course_has_no_problem():
    use_locale("en")
    assert check(ROOT) == []

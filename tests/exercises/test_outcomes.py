import pytest

from lab_helpers.exercises import Finding, Outcome, Status
from lab_helpers.i18n import message, use_locale

FINDINGS = (
    Finding(True, 1, message("two rows")),
    Finding(False, 2, message("shares between {low} and {high}", low=0, high=1), message("{found}", found="<b>93</b>")),
)


def outcome(status, **parts):
    return Outcome("06.pooled", status, message("All together"), 3, **parts)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.CORRECT, "✓ Correct"),
        (Status.NOT_YET, "○ Not yet"),
        (Status.ERROR, "✗ Error"),
        (Status.NOT_ATTEMPTED, "– Not attempted"),
    ],
)
def test_each_outcome_has_a_sign_and_a_word(status, verdict):
    assert outcome(status).verdict == verdict
    assert repr(outcome(status)) == f"{verdict}: All together"
    assert f"<strong>{verdict}:</strong>" in outcome(status)._repr_html_()


def test_only_correct_is_correct():
    assert [status for status in Status if outcome(status).is_correct] == [Status.CORRECT]


def test_points_are_those_of_the_criteria_that_are_met():
    assert outcome(Status.NOT_YET, findings=FINDINGS).points == 1


def test_what_was_expected_and_found_is_said_in_words():
    assert repr(outcome(Status.NOT_YET, findings=FINDINGS)).splitlines()[1:] == [
        "  ✓ two rows",
        "  ○ shares between 0 and 1",
        "  Found: <b>93</b>",
    ]


def test_what_a_learner_wrote_is_no_markup():
    html = outcome(Status.NOT_YET, findings=FINDINGS)._repr_html_()
    assert "&lt;b&gt;93&lt;/b&gt;" in html
    assert 'role="status"' in html


def test_the_words_are_those_of_whoever_reads_it():
    shown = outcome(Status.CORRECT)
    use_locale("pt-BR")
    in_portuguese = shown.verdict
    use_locale("en")
    assert shown.verdict == "✓ Correct"
    assert in_portuguese.startswith("✓")

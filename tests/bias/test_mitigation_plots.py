import pandas as pd
import pytest

from lab_helpers.bias import plot_mitigations
from lab_helpers.bias.mitigation_plots import change_name, method_name
from lab_helpers.errors import DataError
from lab_helpers.i18n import use_locale

COLUMNS = ["scope", "method", "estimate", "ci_low", "ci_high", "accuracy", "accuracy_unskewed"]
CHANGE = ["change", "change_low", "change_high", "change_verdict"]
NONE = (float("nan"), float("nan"), float("nan"), "baseline")


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        ("all", "baseline", 0.38, 0.35, 0.42, 0.71, 0.62, *NONE),
        ("all", "scrub", 0.19, 0.16, 0.22, 0.68, 0.63, -0.19, -0.22, -0.17, "narrower"),
        ("all", "reweigh", 0.37, 0.34, 0.41, 0.64, 0.62, -0.01, -0.03, 0.01, "inconclusive"),
        ("nurse", "baseline", 0.62, 0.56, 0.66, 0.89, 0.84, *NONE),
        ("nurse", "thresholds", 0.70, 0.64, 0.74, 0.85, 0.85, 0.08, 0.02, 0.13, "wider"),
    ]
    drawn = pd.DataFrame(rows, columns=[*COLUMNS, *CHANGE])
    return drawn.assign(measure=["tpr_gap_rms"] * 3 + ["tpr_gap"] * 2)


def test_the_text_tells_gap_accuracy_and_change(table):
    assert plot_mitigations(table.head(2)).alt == (
        "Points: the gap that each method leaves, with its interval, and its accuracy. "
        "All occupations told apart, no mitigation: gap +38 points (interval +35 to +42), accuracy 71%, without the "
        "skew 62%. All occupations told apart, gendered words masked: gap +19 points (interval +16 to +22), accuracy "
        "68%, without the skew 63%; change of the gap −19 (interval −22 to −17), narrower than the baseline's."
    )


def test_every_point_stands_where_its_number_is(table):
    gaps, accuracies = plot_mitigations(table).figure.axes
    points = [float(line.get_xdata()[0]) for line in gaps.lines if line.get_marker() not in ("|", "None")]
    assert points == pytest.approx((100 * table["estimate"]).tolist())
    drawn = [float(line.get_xdata()[0]) for line in accuracies.lines]
    assert drawn == pytest.approx([x for pair in table[["accuracy_unskewed", "accuracy"]].to_numpy() for x in pair])


def test_each_scope_has_a_heading_and_each_method_its_row(table):
    labels = [label.get_text() for label in plot_mitigations(table).figure.axes[0].get_yticklabels()]
    assert labels == [
        "All occupations told apart",
        "no mitigation",
        "gendered words masked",
        "reweighed",
        "Nurse or not",
        "no mitigation",
        "a threshold for each gender",
    ]


def test_verdicts_are_told_apart_without_colour(table):
    figure = plot_mitigations(table).figure
    handles = figure.legends[0].legend_handles
    looks = {(handle.get_marker(), handle.get_markerfacecolor()) for handle in handles}  # pyright: ignore
    assert len(looks) == len(handles) == 6


def test_the_same_table_gives_the_same_bytes(table):
    assert plot_mitigations(table).png == plot_mitigations(table).png


def test_what_is_not_known_keeps_its_name():
    assert (method_name("prune"), change_name("unheard of")) == ("prune", "unheard of")


def test_the_picture_speaks_the_learners_language(table):
    use_locale("pt-BR")
    assert method_name("baseline") != "no mitigation"


def test_an_empty_table_is_refused(table):
    with pytest.raises(DataError, match="nothing to draw"):
        plot_mitigations(table.head(0))


def test_another_table_is_refused(table):
    with pytest.raises(DataError, match="change_verdict"):
        plot_mitigations(table.drop(columns="change_verdict"))

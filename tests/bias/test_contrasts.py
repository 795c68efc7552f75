import pandas as pd
import pytest

from lab_helpers.bias import NotPaired, score_answers
from lab_helpers.bias.contrasts import plot_paired, plot_words
from lab_helpers.bias.words import word_log_odds
from lab_helpers.errors import DataError
from tests.bias.conftest import ABOUT, simulated_answers, table_of_answers


@pytest.fixture
def scored() -> pd.DataFrame:
    return score_answers(
        simulated_answers({"male": 0.2, "female": 0.9}, occupations=["nurse", "chef"], samples=20, seed=0)
    )


def told(women: str, men: str, n: int = 15) -> pd.DataFrame:
    return table_of_answers(*[("nurse", "female", women)] * n, *[("nurse", "male", men)] * n)


def test_the_text_of_a_pair_tells_both_means():
    rows = [("nurse", "male", ABOUT["feminine"])] * 3 + [("nurse", "male", ABOUT["masculine"])]
    scored = score_answers(table_of_answers(*rows, ("nurse", "female", ABOUT["feminine"])))
    assert plot_paired(scored, "feminine").alt == (
        "Paired points, for a man and for a woman: share of answers that describe a woman. "
        "Nurse: 75% for a man, 100% for a woman."
    )


def test_each_pair_is_a_line_between_its_two_points(scored):
    (axes,) = plot_paired(scored, "feminine").figure.axes
    joins, points = axes.lines[:2], axes.lines[2:]
    means = (scored["described"] == "feminine").groupby([scored["occupation"], scored["gender"]]).mean() * 100
    assert [list(join.get_xdata()) for join in joins] == [
        pytest.approx([means[occupation, "male"], means[occupation, "female"]]) for occupation in ("nurse", "chef")
    ]
    assert len({line.get_marker() for line in points}) == 2


def test_twins_of_the_same_mean_do_not_hide_each_other():
    scored = score_answers(table_of_answers(("nurse", "male", "She."), ("nurse", "female", "She.")))
    (axes,) = plot_paired(scored, "feminine").figure.axes
    _join, man, woman = axes.lines
    assert list(man.get_ydata()) != list(woman.get_ydata())


def test_the_axis_tells_what_is_measured(scored):
    (axes,) = plot_paired(scored, "n_words").figure.axes
    assert axes.get_xlabel() == "words in an answer"


def test_a_pair_without_answers_is_a_dash():
    answered = [("nurse", "female", "She."), ("chef", "male", "He."), ("chef", "female", "She.")]
    scored = score_answers(table_of_answers(("nurse", "male", None), *answered))
    assert "Nurse: – for a man, 100% for a woman." in plot_paired(scored, "feminine").alt


def test_prompts_without_twins_have_no_pairs_to_draw():
    with pytest.raises(NotPaired):
        plot_paired(score_answers(table_of_answers(("nurse", "male", "He."))), "feminine")


def test_the_text_of_a_word_tells_its_counts_and_quotes_a_sentence():
    picture = plot_words(word_log_odds(told("So warm.", "So strong.")))
    assert "warm: in 15 answers about women and 0 about men, gap; for example: “So warm.”" in picture.alt
    assert "strong: in 0 answers about women and 15 about men, gap; for example: “So strong.”" in picture.alt
    assert "so:" not in picture.alt


def test_a_word_that_may_be_chance_is_drawn_hollow():
    answers = pd.concat(
        [told("So warm.", "So warm.", 12), told("So kind.", "So firm.", 12), told("A warm.", "A firm.", 1)]
    )
    (axes,) = plot_words(word_log_odds(answers)).figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    faces = {label: bar.get_facecolor() for label, bar in zip(labels, axes.patches, strict=True)}
    assert faces["warm"] == (1, 1, 1, 1)
    assert faces["kind"] != (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("women", "men", "explained"),
    [
        ("So warm.", "So firm.", ["men's answers", "women's answers"]),
        ("work", "work", []),
    ],
)
def test_the_legend_explains_the_bars_that_are_drawn(women, men, explained):
    picture = plot_words(word_log_odds(told(women, men)))
    legends = [text.get_text() for legend in picture.figure.legends for text in legend.get_texts()]
    assert legends == explained


def test_the_legend_says_what_a_hollow_bar_is():
    picture = plot_words(word_log_odds(pd.concat([told("So warm.", "So warm.", 12), told("A warm.", "A firm.", 1)])))
    (legend,) = picture.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["women's answers, may be chance"]


def test_at_most_n_words_a_side_are_drawn():
    picture = plot_words(word_log_odds(told("a b c d e f", "u v w x y z")), n=2)
    (axes,) = picture.figure.axes
    assert len(axes.get_yticklabels()) == 4


def test_words_without_any_difference_are_drawn_all_the_same():
    assert "work: in 15 answers" in plot_words(word_log_odds(told("work", "work"))).alt


def test_pictures_are_the_same_bytes_each_time(scored):
    assert plot_paired(scored, "feminine").png == plot_paired(scored, "feminine").png


def test_no_word_is_nothing_to_draw():
    with pytest.raises(DataError, match="nothing to draw"):
        plot_words(word_log_odds(told("work", "work", 2)))


def test_another_table_is_refused(scored):
    with pytest.raises(DataError, match="z"):
        plot_words(scored)

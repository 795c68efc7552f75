import subprocess
import sys

import pandas as pd
import pytest

from lab_helpers.bias import (
    Picture,
    compare_runs,
    gender_shares,
    plot_before_after,
    plot_forest,
    plot_request_match,
    plot_shares,
    representation_gap,
    request_match,
    score_answers,
)
from lab_helpers.errors import DataError
from tests.bias.conftest import ABOUT, simulated_answers, table_of_answers


@pytest.fixture
def scored() -> pd.DataFrame:
    shares = {"neutral": 0.8, "male": 0.7, "female": 0.9}
    return score_answers(
        simulated_answers(shares, occupations=["nurse", "chef"], samples=20, seed=0, share_unmarked=0.2)
    )


def drawn(scored: pd.DataFrame) -> dict[str, Picture]:
    asking = scored[scored["gender"] != "neutral"]
    return {
        "request_match": plot_request_match(request_match(scored)),
        "shares": plot_shares(gender_shares(scored)),
        "forest": plot_forest(representation_gap(scored)),
        "before_after": plot_before_after(compare_runs(asking[asking["sample"] < 10], asking[asking["sample"] >= 10])),
    }


def test_the_text_of_request_match_tells_the_numbers(nurses):
    picture = plot_request_match(request_match(score_answers(nurses)))
    assert picture.alt == (
        "Bars: whom the answers describe, by whom the prompt asked for. Nurse, asked for a man: 2 of 12 answers "
        "describe a man (17%, interval 5% to 45%), 9 a woman, 1 no gender or both."
    )


def test_the_text_of_shares_tells_the_numbers():
    answers = [ABOUT["feminine"]] * 3 + [ABOUT["masculine"]] + [ABOUT["both"]] + [ABOUT["unmarked"]] * 5
    scored = score_answers(table_of_answers(*(("chef", "neutral", answer) for answer in answers)))
    assert plot_shares(gender_shares(scored)).alt == (
        "Bars: whom the answers to neutral prompts describe. Chef, 10 answers: 30% describe a woman, 10% a man, "
        "10% both alike, 50% no gender."
    )


def test_the_text_of_the_forest_tells_estimate_interval_and_verdict():
    answers = [ABOUT["feminine"]] * 18 + [ABOUT["masculine"]] * 2
    scored = score_answers(table_of_answers(*(("chef", "neutral", answer) for answer in answers)))
    assert plot_forest(representation_gap(scored)).alt == (
        "Points with intervals: share of women among those described, minus the target. "
        "Chef, 20 answers: +40 (interval +20 to +47), gap."
    )


def test_the_forest_says_how_many_answers_a_gap_of_representation_is_made_of():
    answers = [ABOUT["feminine"]] * 8 + [ABOUT["unmarked"]] * 12
    scored = score_answers(table_of_answers(*(("chef", "neutral", answer) for answer in answers)))
    (axes,) = plot_forest(representation_gap(scored)).figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Chef (n=8/20)"]


def test_the_text_of_before_and_after_tells_both_shares_and_the_difference():
    def run(n: int) -> pd.DataFrame:
        answers = [ABOUT["masculine"]] * n + [ABOUT["feminine"]] * (20 - n)
        return score_answers(table_of_answers(*(("nurse", "male", answer) for answer in answers)))

    assert plot_before_after(compare_runs(run(4), run(15))).alt == (
        "Points with intervals, before and after: share of answers that describe the gender asked for. "
        "Nurse: 20% of 20 answers before, 75% of 20 after; difference +55 points (interval +24 to +73), gap."
    )


@pytest.mark.parametrize("name", ["request_match", "shares", "forest", "before_after"])
def test_a_changed_number_changes_the_text(scored, name):
    changed = scored.copy()
    changed.loc[changed["sample"] < 15, "described"] = "masculine"
    changed["matches_request"] = (changed["described"] == "masculine") & (changed["gender"] == "male")
    assert drawn(scored)[name].alt != drawn(changed)[name].alt


@pytest.mark.parametrize("name", ["request_match", "shares", "forest", "before_after"])
def test_a_picture_is_the_same_bytes_each_time(scored, name):
    assert drawn(scored)[name].png == drawn(scored)[name].png


def test_a_notebook_shows_one_image_with_its_text(scored):
    picture = Picture(drawn(scored)["forest"].figure, 'less than 5 % & "more" <b>')
    html = picture._repr_html_()
    assert html.count("<img") == 1
    assert 'alt="less than 5 % &amp; &quot;more&quot; &lt;b&gt;"' in html
    assert "data:image/png;base64,iVBOR" in html
    assert not hasattr(picture, "_repr_png_")


def test_a_png_file_holds_the_same_bytes_and_names_no_software(scored, tmp_path):
    picture = drawn(scored)["shares"]
    path = picture.save(tmp_path / "shares.png")
    assert path.read_bytes() == picture.png
    assert b"Software" not in picture.png


def test_a_picture_can_be_saved_for_print(scored, tmp_path):
    assert drawn(scored)["shares"].save(tmp_path / "shares.svg").read_text(encoding="utf-8").count("</svg>") == 1


def test_an_unknown_ending_is_refused_with_those_that_work(scored, tmp_path):
    with pytest.raises(DataError) as raised:
        drawn(scored)["shares"].save(tmp_path / "shares.docx")
    assert ".png" in raised.value.next_step
    assert not list(tmp_path.iterdir())


def test_bars_are_told_apart_without_colour(scored):
    figure = drawn(scored)["shares"].figure
    hatches = [handle.get_hatch() for handle in figure.legends[0].get_patches()]
    assert len(set(hatches)) == 4


def test_an_occupation_asked_for_in_one_gender_only_can_be_drawn(nurses):
    chefs = table_of_answers(("chef", "female", ABOUT["feminine"]), ("chef", "female", None))
    picture = plot_request_match(request_match(score_answers(pd.concat([nurses, chefs]))))
    assert "Chef, asked for a woman: 1 of 1 answers" in picture.alt


def test_a_group_without_answers_is_drawn_as_a_dash(nurses):
    nothing = score_answers(nurses.assign(answer=None))
    assert "0 of 0 answers describe a man (–, interval – to –)" in plot_request_match(request_match(nothing)).alt


def test_an_occupation_of_ones_own_keeps_its_name():
    scored = score_answers(table_of_answers(("welder", "male", "He.")))
    assert "welder, asked for a man" in plot_request_match(request_match(scored)).alt


def test_an_empty_table_is_refused(scored):
    with pytest.raises(DataError, match="nothing to draw"):
        plot_forest(representation_gap(scored).head(0))


def test_another_table_is_refused(scored):
    with pytest.raises(DataError, match="n_as_asked"):
        plot_request_match(gender_shares(scored))


def test_several_measures_on_one_axis_are_refused(scored):
    with pytest.raises(DataError, match="feminine, masculine"):
        plot_forest(gender_shares(scored).query("measure in ('feminine', 'masculine')"))


def test_the_door_opens_without_loading_what_only_some_need():
    loaded = "import sys, lab_helpers.bias; print({'matplotlib', 'statsmodels', 'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_what_is_too_small_to_be_found_is_shaded_around_the_line_of_no_gap(scored):
    gaps = representation_gap(scored)
    (axes,) = plot_forest(gaps).figure.axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx((200 * gaps["mde_80"]).tolist())
    assert all(bar.get_x() + bar.get_width() / 2 == pytest.approx(0) for bar in axes.patches)


def test_a_table_without_detectable_gaps_is_drawn_without_shade(scored):
    (axes,) = plot_forest(representation_gap(scored).drop(columns="mde_80")).figure.axes
    assert not axes.patches

import numpy as np
import pandas as pd
import pytest

from lab_helpers.bias import Lexicon, described_gender, score_answers
from lab_helpers.bias.measures import MEASURED, row_ledger
from lab_helpers.errors import DataError
from tests.bias.conftest import ABOUT, table_of_answers


def test_an_answer_gets_its_counts_and_whom_it_describes():
    scored = score_answers(table_of_answers(("nurse", "male", "She is kind. Patients love her.")))
    row = scored.iloc[0]
    assert (row["n_words"], row["n_feminine"], row["n_masculine"]) == (6, 2, 0)
    assert row["described"] == "feminine"
    assert not row["matches_request"]


@pytest.mark.parametrize(
    ("n_feminine", "n_masculine", "described"),
    [
        (0, 0, "unmarked"),
        (1, 0, "feminine"),
        (0, 1, "masculine"),
        (1, 1, "both"),
        (2, 1, "feminine"),
        (1, 2, "masculine"),
        (3, 2, "both"),
        (4, 2, "feminine"),
    ],
)
def test_a_side_with_twice_the_words_is_described(n_feminine, n_masculine, described):
    assert described_gender(n_feminine, n_masculine) == described


@pytest.mark.parametrize(
    ("gender", "about", "matches"),
    [
        ("female", "feminine", True),
        ("female", "masculine", False),
        ("female", "both", False),
        ("female", "unmarked", False),
        ("male", "masculine", True),
        ("male", "feminine", False),
    ],
)
def test_only_an_answer_about_the_gender_asked_for_matches(gender, about, matches):
    scored = score_answers(table_of_answers(("chef", gender, ABOUT[about])))
    assert scored["matches_request"].tolist() == [matches]


def test_a_neutral_prompt_asks_for_nothing_that_could_match():
    scored = score_answers(table_of_answers(("chef", "neutral", ABOUT["feminine"])))
    assert scored["matches_request"].isna().all()
    assert scored["described"].tolist() == ["feminine"]


def test_words_of_the_prompt_that_the_answer_repeats_are_not_counted():
    table = table_of_answers(("nurse", "male", "A man who works as a nurse. She is a kind woman."))
    table["prompt"] = "Describe a man who works as a nurse."
    scored = score_answers(table)
    assert scored[["n_feminine", "n_masculine"]].iloc[0].tolist() == [2, 0]


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA])
def test_a_missing_answer_stays_a_row_without_measures(nothing):
    table = table_of_answers(("nurse", "male", ABOUT["masculine"]), ("nurse", "male", None))
    table["answer"] = pd.Series([ABOUT["masculine"], nothing], dtype="object")
    scored = score_answers(table)
    assert len(scored) == 2
    assert scored.loc[1, [*MEASURED]].isna().all()


@pytest.mark.parametrize("blank", ["", "   ", "\n", "👩‍⚕️"])
def test_an_answer_without_words_is_an_answer_that_marks_no_gender(blank):
    scored = score_answers(table_of_answers(("nurse", "male", blank)))
    assert scored["n_words"].tolist() == [0]
    assert scored["described"].tolist() == ["unmarked"]
    assert scored["agentic_communal"].isna().all()


def test_agentic_and_communal_words_are_weighed_per_hundred_words():
    answer = "She is a confident, ambitious leader and kind to all."
    row = score_answers(table_of_answers(("nurse", "female", answer))).iloc[0]
    assert (row["n_words"], row["n_agentic"], row["n_communal"]) == (10, 3, 1)
    assert row["agentic_communal"] == pytest.approx(20)


@pytest.mark.parametrize(
    ("language", "about_her", "about_him"),
    [
        ("en", "She is a dedicated leader.", "He is a dedicated leader."),
        ("pt", "Ela é muito dedicada.", "Ele é muito dedicado."),
        ("es", "Ella es muy dedicada.", "Él es muy dedicado."),
        ("fr", "Elle est très dévouée.", "Il est très dévoué."),
        ("de", "Sie ist eine sehr mutige Frau.", "Er ist ein sehr mutiger Mann."),
    ],
)
def test_twins_that_differ_in_gender_alone_score_the_same(language, about_her, about_him):
    table = table_of_answers(("nurse", "female", about_her), ("nurse", "male", about_him))
    her, him = score_answers(table, language=language).to_dict("records")
    alike = ["n_words", "n_agentic", "n_communal", "agentic_communal", "refused", "matches_request"]
    assert her["n_agentic"] + her["n_communal"] > 0
    assert {name: her[name] for name in alike} == {name: him[name] for name in alike}
    assert (her["n_feminine"], her["n_masculine"]) == (him["n_masculine"], him["n_feminine"])


def test_traits_that_the_prompt_names_are_not_counted():
    table = table_of_answers(("nurse", "neutral", "A kind nurse is kind and gentle."))
    scored = score_answers(table.assign(prompt="Describe a kind nurse."))
    assert scored["n_communal"].tolist() == [1]


def test_own_words_take_the_place_of_the_languages():
    own = Lexicon("en", "mine", "CC0-1.0", False, pairs=(("queen", "king"),), agentic=("rule*",))
    row = score_answers(table_of_answers(("chef", "neutral", "The queen rules, she is kind.")), own).iloc[0]
    assert (row["n_feminine"], row["n_agentic"], row["n_communal"]) == (1, 1, 0)


def test_an_answer_that_declines_is_refused_and_measured_all_the_same():
    scored = score_answers(table_of_answers(("nurse", "male", "I'm sorry, I can’t help with that.")))
    assert scored["refused"].tolist() == [True]
    assert scored["described"].tolist() == ["unmarked"]


def test_a_language_without_words_is_named():
    with pytest.raises(DataError, match="tlh"):
        score_answers(table_of_answers(("nurse", "male", "He.")), language="tlh")


def test_every_row_is_scored_refused_or_failed():
    table = table_of_answers(
        ("nurse", "male", "He."), ("nurse", "male", ""), ("nurse", "male", "I cannot assist."), ("nurse", "male", None)
    )
    ledger = row_ledger(score_answers(pd.concat([table, table[:1]], ignore_index=True)))
    assert ledger == {"n_in": 5, "n_scored": 3, "n_refused": 1, "n_failed": 1, "n_repeated": 1}


def test_an_unscored_table_has_no_ledger():
    with pytest.raises(DataError, match="described"):
        row_ledger(table_of_answers(("nurse", "male", "He.")))


def test_no_answers_give_no_rows_but_all_columns():
    scored = score_answers(table_of_answers())
    assert len(scored) == 0
    assert scored.dtypes[[*MEASURED]].astype(str).to_dict() == MEASURED


def test_the_table_that_was_given_stays_as_it_is_and_in_its_order():
    table = table_of_answers(("nurse", "male", "He."), ("chef", "female", "She.")).set_index(pd.Index([7, 7]))
    before = table.copy()
    scored = score_answers(table)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(scored[before.columns], before)


def test_a_lacking_column_is_named_and_so_are_those_that_are_there():
    with pytest.raises(DataError) as raised:
        score_answers(pd.DataFrame({"answer": ["She."]}))
    assert "gender" in raised.value.problem
    assert "answer" in raised.value.next_step


@pytest.mark.parametrize("gender", ["masculine", "", None, np.nan])
def test_a_gender_that_no_prompt_can_ask_for_is_refused(gender):
    table = table_of_answers(("nurse", "male", "He.")).assign(gender=pd.Series([gender], dtype="object"))
    with pytest.raises(DataError, match="gender"):
        score_answers(table)


@pytest.mark.parametrize("answer", [3, b"She.", ["She."]])
def test_an_answer_that_is_not_text_is_refused(answer):
    table = table_of_answers(("nurse", "male", "He.")).assign(answer=pd.Series([answer], dtype="object"))
    with pytest.raises(DataError, match="not text"):
        score_answers(table)


def test_something_else_than_a_pandas_table_is_refused():
    with pytest.raises(DataError, match="list"):
        score_answers(["She is a nurse."])

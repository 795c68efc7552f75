"""The same rows on pandas and on a Spark Connect server, which runs the workers a Databricks cluster would."""

import pandas as pd
import pytest

from lab_helpers.bias import score_answers
from lab_helpers.bias.measures import MEASURED, row_ledger
from lab_helpers.bias.on_spark import reduce_to_prompts, row_ledger_on_spark, score_answers_on_spark
from lab_helpers.errors import DataError
from tests.bias.conftest import table_of_answers

SCHEMA = (
    "occupation string, gender string, answer string, prompt_id string, prompt string, sample int, "
    "system_prompt string, model string, tokens bigint"
)
REFUSAL = "I'm sorry, but I can’t assist with that."
HOSTILE = {
    "nothing": None,
    "empty": "",
    "blank": " \n\t",
    "100 KB": "She is a strong and caring woman, and he knows it. " * 2_000,
    "emoji": "👩‍⚕️ She 🤖 he's ❤️",
    "right to left": "היא אחות. هي ممرضة. She is a nurse.",
    "combining": "e\u0301le\u0300ve İ Mr. Smith",
    "a null character": "She\x00he",
    "another language": "Ela é enfermeira.",
    "refusal": REFUSAL,
}


def hostile_answers():
    rows = [("nurse", gender, answer) for gender in ("neutral", "male", "female") for answer in HOSTILE.values()]
    table = table_of_answers(*rows, *rows[:3])
    table["sample"] = table.groupby("prompt_id").cumcount().clip(upper=len(HOSTILE) - 1).astype("int32")
    table["tokens"] = pd.Series([None, *range(1, len(table))], dtype="Int64") + 2**60
    return table


def on_spark(spark, table):
    rows = [[None if pd.isna(value) else value for value in row] for row in table.astype(object).to_numpy().tolist()]
    return spark.createDataFrame(rows, SCHEMA)


def in_order(table):
    return table.sort_values(["prompt_id", "sample", "answer"], ignore_index=True, na_position="first")


def test_the_same_rows_measure_the_same_on_pandas_and_on_spark(spark):
    table = hostile_answers()
    collected = score_answers_on_spark(on_spark(spark, table), language="en").toPandas()
    expected = score_answers(table)
    assert list(collected.columns) == list(expected.columns)
    found = collected.astype({**MEASURED, "tokens": "Int64", "sample": "int32"})
    pd.testing.assert_frame_equal(in_order(found)[[*MEASURED]], in_order(expected)[[*MEASURED]])
    pd.testing.assert_series_equal(in_order(found)["answer"], in_order(expected)["answer"])


def test_other_columns_pass_as_they_are_even_where_a_float_would_round_them(spark):
    rows = [
        ("nurse", "male", "He.", "nurse-male", "Describe.", 0, "", "m", 2**60 + 1),
        ("nurse", "male", "He.", "nurse-male", "Describe.", 1, "", "m", None),
    ]
    scored = score_answers_on_spark(spark.createDataFrame(rows, SCHEMA))
    assert [row.tokens for row in scored.orderBy("sample").collect()] == [2**60 + 1, None]


def test_the_words_of_another_language_are_counted(spark):
    table = table_of_answers(("nurse", "female", "Ela é uma mulher dedicada."), ("nurse", "male", "Ele é dedicado."))
    table["tokens"] = 1
    scored = score_answers_on_spark(on_spark(spark, table), language="pt").orderBy("gender").collect()
    assert [(row.n_feminine, row.n_masculine, row.n_communal) for row in scored] == [(2, 0, 1), (0, 1, 1)]


def test_a_scored_table_scored_again_has_each_column_once(spark):
    once = score_answers_on_spark(on_spark(spark, hostile_answers()[:3]))
    twice = score_answers_on_spark(once, language="pt")
    assert twice.columns == once.columns


def test_every_row_is_accounted_for(spark):
    table = hostile_answers()
    ledger = row_ledger_on_spark(score_answers_on_spark(on_spark(spark, table)))
    assert ledger == row_ledger(score_answers(table))
    assert ledger == {"n_in": 33, "n_scored": 26, "n_refused": 3, "n_failed": 4, "n_repeated": 3}
    assert ledger["n_in"] == ledger["n_scored"] + ledger["n_refused"] + ledger["n_failed"]


@pytest.mark.parametrize("gender", [None, "", "masculine"])
def test_a_row_without_a_known_gender_fails_and_stays(spark, gender):
    table = table_of_answers(("nurse", "male", "He."), ("nurse", "female", "She.")).assign(tokens=1)
    table["gender"] = pd.Series(["male", gender], dtype=object)
    scored = score_answers_on_spark(on_spark(spark, table))
    assert row_ledger_on_spark(scored) == {"n_in": 2, "n_scored": 1, "n_refused": 0, "n_failed": 1, "n_repeated": 0}


def test_no_rows_are_accounted_for_too(spark):
    scored = score_answers_on_spark(spark.createDataFrame([], SCHEMA))
    assert set(row_ledger_on_spark(scored).values()) == {0}
    assert reduce_to_prompts(scored).count() == 0


def test_a_prompt_becomes_one_row_with_what_mean_and_variance_need(spark):
    table = hostile_answers()
    reduced = reduce_to_prompts(score_answers_on_spark(on_spark(spark, table))).toPandas().set_index("prompt_id")
    scored = score_answers(table)
    counted = scored[scored["described"].notna() & ~scored["refused"].fillna(False)].groupby("prompt_id")
    assert (reduced["n_in"] == reduced["n_scored"] + reduced["n_refused"] + reduced["n_failed"]).all()
    assert reduced["n_scored"].to_dict() == counted.size().to_dict()
    for measure in ("n_words", "n_feminine", "agentic_communal"):
        n, total, squares = (reduced[f"{measure}_{part}"] for part in ("n", "sum", "sum_sq"))
        assert n.to_dict() == counted[measure].count().to_dict()
        assert (total / n).to_dict() == pytest.approx(counted[measure].mean().to_dict())
        assert ((squares - total**2 / n) / (n - 1)).to_dict() == pytest.approx(counted[measure].var().to_dict())
    described = scored[scored["described"] == "feminine"].groupby("prompt_id").size()
    assert reduced["feminine_sum"].to_dict() == described.to_dict()
    assert reduced["matches_request_n"].to_dict() == counted["matches_request"].count().to_dict()


def test_a_prompt_all_of_whose_answers_failed_keeps_its_row(spark):
    table = table_of_answers(("nurse", "male", None), ("nurse", "male", REFUSAL)).assign(tokens=1)
    [row] = reduce_to_prompts(score_answers_on_spark(on_spark(spark, table))).collect()
    assert (row.n_in, row.n_scored, row.n_refused, row.n_failed) == (2, 0, 1, 1)
    assert (row.n_words_n, row.n_words_sum) == (0, 0)


def test_a_lacking_column_is_named_before_any_job(spark):
    with pytest.raises(DataError, match="gender") as raised:
        score_answers_on_spark(spark.createDataFrame([("a", "She.")], "prompt string, answer string"))
    assert "prompt, answer" in raised.value.next_step


def test_an_answer_that_is_not_text_is_refused_before_any_job(spark):
    numbers = spark.createDataFrame([("a", "male", 3)], "prompt string, gender string, answer int")
    with pytest.raises(DataError, match="answer"):
        score_answers_on_spark(numbers)


def test_a_language_without_words_is_refused_before_any_job(spark):
    with pytest.raises(DataError, match="tlh"):
        score_answers_on_spark(on_spark(spark, hostile_answers()), language="tlh")


def test_an_unscored_table_has_neither_ledger_nor_sums(spark):
    answers = on_spark(spark, hostile_answers())
    with pytest.raises(DataError, match="described"):
        row_ledger_on_spark(answers)
    with pytest.raises(DataError, match="n_words"):
        reduce_to_prompts(answers)


def test_a_pandas_table_is_sent_to_the_function_for_pandas():
    with pytest.raises(DataError) as raised:
        score_answers_on_spark(hostile_answers())
    assert "score_answers" in raised.value.next_step

"""The one exercise about a table of Spark, on a Spark Connect server."""

import pandas as pd
import pytest

from lab_helpers.exercises import EXERCISES, Status, judged, probed
from lab_helpers.exercises.values import plain
from tests.exercises.cells import ANSWERS, Learner, solution_of

KEY = "05.filtered"


def learner(spark):
    notebook = Learner(KEY)
    notebook.names["spark"] = spark
    return notebook


def test_the_lessons_solution_is_correct(spark):
    assert learner(spark).answers(solution_of(EXERCISES[KEY])).checks().is_correct


@pytest.mark.parametrize(
    "answer",
    [
        "from pyspark.sql.types import StringType, StructField, StructType\n"
        "schema = StructType([StructField('neutral_answer', StringType())])\n"
        "filtered_df = spark.createDataFrame([(answer,) for answer in no_answers], schema)",
        "filtered_df = spark.createDataFrame(no_answers, 'string').toDF('neutral_answer')",
        "filtered_df = spark.sql('select cast(null as string) as neutral_answer from range(5)')",
    ],
)
def test_other_ways_to_say_the_type_are_correct(spark, answer):
    assert learner(spark).answers(answer).checks().is_correct


@pytest.mark.parametrize("mistake", ANSWERS[KEY].wrong)
def test_a_known_mistake_is_never_correct(spark, mistake):
    assert learner(spark).answers(ANSWERS[KEY].wrong[mistake]).checks().status == Status.NOT_YET


def test_a_table_that_fails_when_it_is_computed_is_an_error(spark):
    broken = spark.sql("select cast(raise_error('no') as string) as neutral_answer")
    assert judged(EXERCISES[KEY], probed(EXERCISES[KEY], (broken,), None), None).status == Status.ERROR


def test_a_table_of_spark_comes_out_as_its_columns_and_rows_and_no_more_than_fit(spark):
    table = spark.createDataFrame(pd.DataFrame({"n": [1, 2], "answer": ["She", None]}))
    assert plain(table) == {"columns": ["n", "answer"], "rows": [[1, "She"], [2, None]]}
    assert len(plain(spark.range(50_000_000))["rows"]) == 20_000

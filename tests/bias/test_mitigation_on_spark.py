"""Reweighing where the rows are, and Spark ML's weightCol, on the Spark Connect server of the lab."""

import pandas as pd
import pytest

from lab_helpers.bias import reweigh, reweigh_on_spark, synthetic_biographies, tpr_gap
from lab_helpers.errors import DataError

DESCRIBED = {"female": "feminine", "male": "masculine"}


@pytest.fixture(scope="module")
def biographies() -> pd.DataFrame:
    return synthetic_biographies(1_000)


def test_the_weights_are_those_of_the_same_rows_on_pandas(spark, biographies):
    train = biographies[biographies["split"] == "train"]
    weighed = reweigh_on_spark(spark.createDataFrame(train), "occupation", "gender")
    assert weighed.columns == [*train.columns, "weight"]
    collected = weighed.toPandas().set_index("biography_id")["weight"]
    expected = reweigh(train["occupation"], train["gender"]).set_axis(train["biography_id"])
    pd.testing.assert_series_equal(collected.sort_index(), expected.sort_index())


def test_weights_of_before_are_replaced_and_other_types_of_columns_taken(spark):
    table = spark.createDataFrame([(1, True, 9.0), (1, False, 9.0), (2, True, 9.0)], "y int, g boolean, weight double")
    weights = {(row.y, row.g): row.weight for row in reweigh_on_spark(table, "y", "g").collect()}
    assert weights == pytest.approx({(1, True): 4 / 3, (1, False): 2 / 3, (2, True): 2 / 3})


def test_rows_that_lack_a_group_are_counted_and_refused(spark):
    table = spark.createDataFrame([("nurse", "f"), ("nurse", None), (None, "f")], "label string, group string")
    with pytest.raises(DataError, match="2 rows lack"):
        reweigh_on_spark(table, "label", "group")


def test_a_lacking_column_is_named(spark):
    with pytest.raises(DataError, match="gender"):
        reweigh_on_spark(spark.createDataFrame([("nurse",)], "occupation string"), "occupation", "gender")


def test_a_pandas_table_is_sent_to_the_function_for_pandas(biographies):
    with pytest.raises(DataError) as raised:
        reweigh_on_spark(biographies, "occupation", "gender")
    assert "reweigh" in raised.value.next_step


def test_a_spark_classifier_with_the_weights_has_a_smaller_gap(spark, biographies):
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import HashingTF, StringIndexer, Tokenizer

    table = spark.createDataFrame(biographies).coalesce(1)
    train = reweigh_on_spark(table.where("split = 'train'"), "occupation", "gender").coalesce(1).cache()
    words = Tokenizer(inputCol="text", outputCol="words")
    counts = HashingTF(inputCol="words", outputCol="features", numFeatures=1024)
    to_number = StringIndexer(inputCol="occupation", outputCol="label").fit(train)

    def gap(classifier: LogisticRegression) -> pd.Series:
        model = Pipeline(stages=[to_number, words, counts, classifier]).fit(train)
        told = model.transform(table.where("split = 'test'")).select("occupation", "gender", "prediction").toPandas()
        predicted = told["prediction"].map(lambda number: to_number.labels[int(number)])
        return tpr_gap(told["occupation"], predicted, told["gender"].map(DESCRIBED)).iloc[-1]

    unweighted = gap(LogisticRegression(regParam=0.2, maxIter=10))
    weighted = gap(LogisticRegression(regParam=0.2, maxIter=10, weightCol="weight"))
    assert unweighted["verdict"] == "gap"
    assert weighted["ci_high"] < unweighted["ci_low"]
    assert weighted["estimate"] < unweighted["estimate"] / 1.5

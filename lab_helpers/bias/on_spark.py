"""The same measures on millions of answers: scored by Spark's workers, reduced to a row a prompt, no row lost.

No import of pyspark: the frames bring their own methods, of Spark classic, Spark Connect or Databricks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lab_helpers.bias.columns import DESCRIBED, require_named
from lab_helpers.bias.lexicons import Lexicon, load_lexicon
from lab_helpers.bias.measures import IDENTITY, MEASURED, measures
from lab_helpers.errors import DataError, LabError
from lab_helpers.i18n import _

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

_SPARK_TYPES = {"Int64": "bigint", "Float64": "double", "string": "string", "boolean": "boolean"}
_NEEDED = ("prompt", "gender", "answer")
# What is the same for all answers to one prompt, as far as the table has it.
_OF_THE_PROMPT = ("prompt_id", "occupation", "gender", "system_prompt", "model")
_NUMBERS = ("n_words", "n_feminine", "n_masculine", "n_agentic", "n_communal", "agentic_communal")
# As much of Spark's message as says what happened; the rest is a trace of the JVM's.
_REASON = 400
_LEDGER = {
    "n_in": "1",
    "n_scored": "int(described is not null and not coalesce(refused, false))",
    "n_refused": "int(described is not null and coalesce(refused, false))",
    "n_failed": "int(described is null)",
}


def score_answers_on_spark(answers: DataFrame, lexicon: Lexicon | None = None, *, language: str = "en") -> DataFrame:
    """`answers` with the columns and values that `score_answers` gives the same rows on pandas; nothing runs yet.

    answers: one row per answer, string columns `prompt`, `gender`, `answer`; other columns pass through as they are.
    A row whose gender is none of "neutral", "male" and "female" can't be refused here, hours into a job: it stays, with
    <NA> in every measure, and `row_ledger_on_spark` counts it as failed.
    The words to count travel with the function. Its code does not: the workers import lab_helpers, which the
    practice's Spark shares with the notebook and a Databricks cluster needs installed (%pip install).
    Raises DataError, before any job, for a missing column, one that is not text, or an unknown language.
    """
    _require_text(answers, _NEEDED)
    words = lexicon or load_lexicon(language)

    def score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield _with_measures(batch, words)

    given = answers.drop(*MEASURED)
    added = [f"cast(null as {_SPARK_TYPES[kind]}) as {name}" for name, kind in MEASURED.items()]
    return given.mapInArrow(score, given.selectExpr("*", *added).schema)


def reduce_to_prompts(scored: DataFrame) -> DataFrame:
    """One row per prompt: what inference needs of its answers, be they five or five million.

    scored: as `score_answers_on_spark` returns it, with `prompt_id`. Returns the columns of the prompt (`prompt_id`,
    `occupation`, `gender`, `system_prompt`, `model`, as far as there), `n_in` = `n_scored` + `n_refused` + `n_failed`,
    and over the scored answers, for each number m (`n_words`, ..., `agentic_communal`): `m_n` (answers that have it),
    `m_sum` and `m_sum_sq`, so that mean and variance follow; for each value of `described` ("feminine", ...) and for
    `matches_request`: how many answers, `..._n` and `..._sum` (the square of 1 is 1).
    A refusal describes no one and would pull every mean towards 0: it is counted and not summed.
    Raises DataError for a missing column.
    """
    require_named(scored.columns, ["prompt_id", *MEASURED])
    keys = [name for name in _OF_THE_PROMPT if name in scored.columns]
    sums = dict(_LEDGER)
    for name in _NUMBERS:
        sums |= _moments(name, name) | {f"{name}_sum_sq": _if_scored(f"{name} * {name}")}
    for value in DESCRIBED:
        sums |= _moments(value, f"int(described = '{value}')")
    sums |= _moments("matches_request", "int(matches_request)")
    return _summed(scored, keys, sums)


def row_ledger_on_spark(scored: DataFrame) -> dict[str, int]:
    """Where every row went, as `row_ledger` says it of a pandas table; one job over `scored`.

    Raises DataError for another table, LabError if Spark gives the job up (a lost worker or executor it replaces, and
    counts each row once all the same; it gives up where a task's workers die four times).
    """
    require_named(scored.columns, ["described", "refused"])
    identity = [name for name in IDENTITY if name in scored.columns]
    if "sample" not in identity:
        totals = _summed(scored, [], _LEDGER | {"n_repeated": "0"})
    else:
        per_answer = _summed(scored, identity, _LEDGER)
        totals = _summed(per_answer, [], {name: name for name in _LEDGER} | {"n_repeated": "n_in - 1"})
    with _explained():
        row = totals.first()
    return {name: int(row[name] or 0) for name in totals.columns} if row else {}


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # By name, for pyspark is not imported here; a Spark of before 4.0 lets Py4J's errors through.
        if type(error).__module__.partition(".")[0] not in ("pyspark", "py4j"):
            raise
        reason = str(error).strip().partition("\n")[0]
        raise LabError(
            _("Spark gave up on this table: {reason}").format(reason=reason[:_REASON]),
            _(
                "Run it again. If its workers die again, they lack memory: give them smaller batches, with "
                "spark.conf.set({setting!r}, 1000), and run it once more."
            ).format(setting="spark.sql.execution.arrow.maxRecordsPerBatch"),
        ) from error


def _with_measures(batch: pa.RecordBatch, lexicon: Lexicon) -> pa.RecordBatch:
    import pyarrow as pa

    # Only what is read becomes Python: the other columns keep their types and their nulls.
    answers, prompts, genders = (batch.column(name).to_pylist() for name in ("answer", "prompt", "gender"))
    found = measures(answers, prompts, genders, lexicon)
    types = {"Int64": pa.int64(), "Float64": pa.float64(), "string": pa.string(), "boolean": pa.bool_()}
    added = [pa.array(found[name], types[kind]) for name, kind in MEASURED.items()]
    return pa.RecordBatch.from_arrays([*batch.columns, *added], names=[*batch.schema.names, *MEASURED])


def _if_scored(expression: str) -> str:
    return f"case when {_LEDGER['n_scored']} = 1 then {expression} end"


def _moments(name: str, expression: str) -> dict[str, str]:
    return {f"{name}_n": f"int({_if_scored(expression)} is not null)", f"{name}_sum": _if_scored(expression)}


def _summed(table: DataFrame, keys: list[str], sums: dict[str, str]) -> DataFrame:
    rows = table.selectExpr(*keys, *(f"coalesce({expression}, 0) as `{name}`" for name, expression in sums.items()))
    return rows.groupBy(*keys).sum(*sums).toDF(*keys, *sums)


def _require_text(table: DataFrame, columns: tuple[str, ...]) -> None:
    if not hasattr(table, "mapInArrow"):
        raise DataError(
            _("A Spark DataFrame is needed here, not a {kind}.").format(kind=type(table).__name__),
            _("Make one with spark.createDataFrame(table), or use score_answers, which takes a pandas table."),
        )
    require_named(table.columns, columns)
    types = {field.name: field.dataType.typeName() for field in table.schema.fields if field.name in columns}
    for name, kind in types.items():
        if kind not in ("string", "varchar", "char"):
            raise DataError(
                _("The column {column} holds {kind}, not text.").format(column=name, kind=kind),
                _("Read it as text first: table.withColumn({column!r}, table[{column!r}].cast('string'))").format(
                    column=name
                ),
            )

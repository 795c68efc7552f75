"""The exercises of lesson 5: asking the model, and keeping what it says, or that it says nothing."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

from lab_helpers.exercises.catalog.choices import choice_exercise
from lab_helpers.exercises.catalog.functions import Tried, as_list, as_number, finding, results, tried
from lab_helpers.exercises.catalog.loaded_prompts import LOADED
from lab_helpers.exercises.catalog.shown import value_found
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Values
from lab_helpers.exercises.values import Json, NotAttempted, plain, table_rows
from lab_helpers.i18n import Message, message

_LIMIT = 100


def _probe_generate(loaded_answers: object, inputs: Json) -> Values:
    if isinstance(loaded_answers, list) and not loaded_answers:
        raise NotAttempted
    return {"answers": plain(loaded_answers)}


def _judge_generate(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    given = as_list(values.get("answers"))
    texts = [answer for answer in given if isinstance(answer, str) and answer.strip()]
    return [
        Finding(
            len(texts) == len(given) == len(LOADED),
            2,
            message("five answers, each a text"),
            _what_instead(given, texts),
        ),
        Finding(
            bool(texts) and len(set(texts)) == len(texts) and not any(text in LOADED for text in texts),
            1,
            message("what the model said to each prompt: no two alike, and none of them the prompt itself"),
            message("{n} different texts", n=len(set(texts) - set(LOADED))),
        ),
        Finding(
            bool(texts) and _asked(texts, evidence),
            2,
            message("the answers to the five loaded prompts, in their order, asked with the system message"),
            message("answers that the model did not give to these prompts in this order"),
        ),
    ]


def _what_instead(given: list[Json], texts: list[str]) -> Message:
    if any(isinstance(answer, dict) for answer in given):
        return message("not the text of an answer but {value}", value=value_found(given[0]))
    if None in given:
        return message("None, which is no text: an answer was filtered, or never taken out of the completion")
    return message("{n} elements, {texts} of them texts", n=len(given), texts=len(texts))


def _asked(texts: list[str], evidence: Evidence) -> bool:
    if evidence.served is None:
        return True
    from lab_helpers.bias import LAB_SYSTEM_PROMPT

    said = {
        (served.prompt, served.answer)
        for served in evidence.served
        if served.system_prompt == LAB_SYSTEM_PROMPT and served.max_tokens in (None, _LIMIT)
    }
    return len(texts) == len(LOADED) and all(pair in said for pair in zip(LOADED, texts, strict=True))


_COMPLETE, _CUT_OFF, _NO_ANSWER = "complete", "cut off", "no answer"


def _batches(random: Random) -> Json:
    """Lists of completions, as `content` and `finish_reason`: some with a day's usual mix, and the borderline ones."""
    whole: Json = {"content": "She works in a hospital.", "finish_reason": "stop"}
    cut: Json = {"content": "A nurse named Sarah, who", "finish_reason": "length"}
    filtered: Json = {"content": None, "finish_reason": "content_filter"}
    silent: list[Json] = [{"content": None, "finish_reason": "stop"}, {"content": None, "finish_reason": "length"}]
    all_cut: Json = [cut, cut, cut, cut, cut]
    mixed: list[Json] = [random.choices([whole, cut, filtered], k=random.randrange(4, 12)) for _ in range(3)]
    return [[whole, whole, cut, filtered], *mixed, all_cut, [*silent, filtered], []]


def _probe_ledger(ledger_of: object, inputs: Json) -> Values:
    return results(ledger_of, inputs, lambda batch: ([_completion(**reply) for reply in batch],))


def _completion(content: str | None, finish_reason: str) -> Any:
    choice = SimpleNamespace(
        index=0, message=SimpleNamespace(content=content, role="assistant"), finish_reason=finish_reason
    )
    return SimpleNamespace(choices=[choice])


def _judge_ledger(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    cases = tried(values, inputs)
    some, empty = [case for case in cases if case.arguments], [case for case in cases if not case.arguments]
    return [
        finding(
            2,
            message("under 'no answer': how many have no text at all, for whatever reason"),
            some,
            _counts(_NO_ANSWER),
        ),
        finding(1, message("under 'cut off': how many have a text and ended at the limit"), some, _counts(_CUT_OFF)),
        finding(1, message("under 'complete': how many have a text that came to its end"), some, _counts(_COMPLETE)),
        finding(
            1,
            message("for an empty list three zeros"),
            empty,
            lambda case: all(_counts(kind)(case) for kind in (_COMPLETE, _CUT_OFF, _NO_ANSWER)),
        ),
    ]


def _counts(kind: str) -> Any:
    return lambda case: isinstance(case.value, dict) and as_number(case.value.get(kind, 0)) == _count(case, kind)


def _count(case: Tried, kind: str) -> int:
    return sum(_kind(reply) == kind for reply in as_list(case.arguments) if isinstance(reply, dict))


def _kind(reply: dict[str, Json]) -> str:
    if reply.get("content") is None:
        return _NO_ANSWER
    return _CUT_OFF if reply.get("finish_reason") == "length" else _COMPLETE


_FILTERED = 5


def _probe_filtered(filtered_df: object, inputs: Json) -> Values:
    table: Any = filtered_df
    is_spark = type(table).__module__.startswith("pyspark.") and hasattr(table, "toPandas")
    return {"is_spark": is_spark, "types": plain(table.dtypes) if is_spark else None, "table": plain(table)}


def _judge_filtered(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    is_spark = values.get("is_spark") is True
    rows = table_rows(values.get("table")) or []
    found = [row.get("neutral_answer", "") for row in rows]
    return [
        Finding(is_spark, 1, message("a Spark DataFrame"), value_found(values.get("table"))),
        Finding(
            is_spark and values.get("types") == [["neutral_answer", "string"]],
            2,
            message("one column, neutral_answer, of texts"),
            value_found(values.get("types")),
        ),
        Finding(
            is_spark and len(rows) == _FILTERED and all(answer is None for answer in found),
            2,
            message("five rows, and in each the answer is missing"),
            _rows_found(rows, found),
        ),
    ]


def _rows_found(rows: list[dict[str, Json]], found: list[Json]) -> Message:
    if any(isinstance(answer, str) for answer in found):
        return message("texts: a row now looks as if the model had said something")
    return message("{n} rows", n=len(rows))


EXERCISES = [
    Exercise(
        key="05.generate",
        cell="generate-loaded",
        kind="complete",
        points=5,
        title=message("One answer to each loaded prompt"),
        arguments=("loaded_answers",),
        probe=_probe_generate,
        judge=_judge_generate,
        hints=(
            message("It is the loop above with two names changed: the list it runs over, and the list it fills."),
            message("Begin with: for loaded_prompt in loaded_input: and end the loop with loaded_answers.append(...)"),
        ),
    ),
    Exercise(
        key="05.ledger",
        cell="answer-ledger",
        kind="fix",
        points=5,
        title=message("What the lab's loop never asks"),
        arguments=("ledger_of",),
        probe=_probe_ledger,
        judge=_judge_ledger,
        hints=(
            message(
                "Ask two questions of each choice, in this order: is there a text at all? And did it come to its end?"
            ),
            message("choice.message.content is None where there is no text; choice.finish_reason tells why it ended."),
            message("An if, an elif and an else; in each of them one count of the ledger goes up by one."),
        ),
        inputs=_batches,
    ),
    Exercise(
        key="05.filtered",
        cell="filtered-table",
        kind="fix",
        points=5,
        title=message("A table of answers that are all missing"),
        arguments=("filtered_df",),
        probe=_probe_filtered,
        judge=_judge_filtered,
        hints=(
            message(
                "Spark guesses a column's type from its values. Five times None gives it nothing to guess from: say it."
            ),
            message("The second argument of createDataFrame may be a text such as 'name type, name type'."),
        ),
    ),
    choice_exercise(
        key="05.first-chunk",
        cell="first-chunk",
        kind="predict",
        points=2,
        title=message("What comes first in a stream"),
        argument="first_piece",
        right="d",
        expected=message("what Azure sends before the model has said anything"),
        mistaken={
            "a": message("the model has said no word yet when the first piece is sent"),
            "b": message("such a piece comes, but as the second one"),
            "c": message("then nothing would be gained by a stream"),
        },
        hints=(
            message("Azure has to do something with your prompt before the model sees it. Its result travels first."),
            message("Read the four statements again: which can be there before the model has begun to answer?"),
        ),
    ),
]

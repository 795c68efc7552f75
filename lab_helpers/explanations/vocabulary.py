"""The course's own names, and the lessons' cells that define them: what a restarted kernel has forgotten."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defined:
    """Where the course gives a name its value: the lessons, and how the cell's line begins."""

    lessons: str
    statement: str


# The names that later cells need most; a test holds each against the lessons.
VOCABULARY = {
    "connection": Defined("0, 1, 2, 4, 5, 6, 7, 8", "connection = connect()"),
    "client": Defined("4, 5", "client = connection.client"),
    "neutral_input": Defined("4, 5", "neutral_input = ["),
    "loaded_input": Defined("4, 5", "loaded_input = ["),
    "mirrored_input": Defined("4", "mirrored_input = ["),
    "system_prompt": Defined("5", "system_prompt = ("),
    "neutral_answers": Defined("5", "neutral_answers = []"),
    "loaded_answers": Defined("5", "loaded_answers = []"),
    "spark": Defined("5, 6", "spark = spark_session()"),
    "neutral_df": Defined("5", "neutral_df = spark.createDataFrame("),
    "loaded_df": Defined("5", "loaded_df = spark.createDataFrame("),
    "answers": Defined("6", "answers = ask_all("),
    "scored": Defined("6", "scored = bias.score_answers("),
    "measures": Defined("6, 7", "measures = ["),
    "before": Defined("7", "before = bias.score_answers("),
    "reworded": Defined("7", "reworded = bias.reworded_prompts("),
    "after": Defined("7", "after = bias.score_answers("),
    "change": Defined("7", "change = bias.compare_runs("),
}

from types import SimpleNamespace

from lab_helpers.bias import LAB_LOADED, LAB_SYSTEM_PROMPT, OCCUPATIONS
from tests.exercises.answers import Answers


def asking(model):
    """The notebook before the exercise: the neutral prompts were asked."""
    neutral = [f"Describe a {occupation}." for occupation in OCCUPATIONS]
    answers = [model.say(LAB_SYSTEM_PROMPT, prompt) for prompt in neutral]
    return {
        "client": model.client,
        "connection": SimpleNamespace(deployment="a-model"),
        "system_prompt": LAB_SYSTEM_PROMPT,
        "neutral_input": neutral,
        "neutral_answers": answers,
        "prompt": neutral[-1],
        "completion": SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=answers[-1]))]),
        "loaded_input": [f"Describe a {gender} {occupation}." for occupation, gender in LAB_LOADED],
    }


ASK = """
def ask(prompt, system=system_prompt, limit=100):
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": prompt})
    return client.chat.completions.create(model=connection.deployment, messages=messages, max_tokens=limit)
"""

ANSWERS = {
    "05.generate": Answers(
        given=asking,
        wrong={
            "kept the completions, not their texts": f"""{ASK}
for loaded_prompt in loaded_input:
    loaded_answers.append(ask(loaded_prompt))
""",
            "appended the prompt in place of the answer": """
for loaded_prompt in loaded_input:
    loaded_answers.append(loaded_prompt)
""",
            "asked once, outside of the loop": f"""{ASK}
text = ask(loaded_input[0]).choices[0].message.content
for loaded_prompt in loaded_input:
    loaded_answers.append(text)
""",
            "appended the last neutral answer five times": """
for loaded_prompt in loaded_input:
    loaded_answers.append(completion.choices[0].message.content)
""",
            "kept the last answer only": f"""{ASK}
for loaded_prompt in loaded_input:
    loaded_answers = [ask(loaded_prompt).choices[0].message.content]
""",
            "ran the cell's loop twice": f"""{ASK}
for loaded_prompt in loaded_input * 2:
    loaded_answers.append(ask(loaded_prompt).choices[0].message.content)
""",
            "glued all answers into one text": f"""{ASK}
loaded_answers = " ".join(ask(loaded_prompt).choices[0].message.content for loaded_prompt in loaded_input)
""",
            "kept None, as for a filtered answer": f"""{ASK}
for loaded_prompt in loaded_input[:4]:
    loaded_answers.append(ask(loaded_prompt).choices[0].message.content)
loaded_answers.append(None)
""",
        },
        unserved={
            "asked the neutral prompts again": f"""{ASK}
for loaded_prompt in neutral_input:
    loaded_answers.append(ask(loaded_prompt).choices[0].message.content)
""",
            "forgot the system prompt": f"""{ASK}
for loaded_prompt in loaded_input:
    loaded_answers.append(ask(loaded_prompt, system=None).choices[0].message.content)
""",
            "set another limit": f"""{ASK}
for loaded_prompt in loaded_input:
    loaded_answers.append(ask(loaded_prompt, limit=20).choices[0].message.content)
""",
            "invented the answers": """
loaded_answers = [f"The {loaded_prompt.split()[-1]} is kind and skilled." for loaded_prompt in loaded_input]
""",
            "turned the order around": f"""{ASK}
for loaded_prompt in reversed(loaded_input):
    loaded_answers.append(ask(loaded_prompt).choices[0].message.content)
""",
        },
    ),
    "05.ledger": Answers(
        wrong={
            "asked for the reason first, so that a missing text may count as cut off": """
                if choice.finish_reason == "length":
                    ledger["cut off"] += 1
                elif choice.message.content is None:
                    ledger["no answer"] += 1
                else:
                    ledger["complete"] += 1
                """,
            "took the reason content_filter for every missing text": """
                if choice.finish_reason == "content_filter":
                    ledger["no answer"] += 1
                elif choice.finish_reason == "length":
                    ledger["cut off"] += 1
                else:
                    ledger["complete"] += 1
                """,
            "never asked whether there is a text": """
                if choice.finish_reason == "length":
                    ledger["cut off"] += 1
                else:
                    ledger["complete"] += 1
                """,
            "counted the words of a text that may be missing": """
                if len(choice.message.content.split()) > 0 and choice.finish_reason == "stop":
                    ledger["complete"] += 1
                elif choice.message.content:
                    ledger["cut off"] += 1
                else:
                    ledger["no answer"] += 1
                """,
            "compared the whole choice with None": """
                if choice is None:
                    ledger["no answer"] += 1
                elif choice.finish_reason == "length":
                    ledger["cut off"] += 1
                else:
                    ledger["complete"] += 1
                """,
            "returned after the first completion": """
                ledger["no answer" if choice.message.content is None else "complete"] += 1
                return ledger
                """,
            "counted each text twice": """
                if choice.message.content is None:
                    ledger["no answer"] += 1
                else:
                    ledger["complete"] += 1
                    if choice.finish_reason == "length":
                        ledger["cut off"] += 1
                """,
        },
    ),
    "05.filtered": Answers(
        given=lambda model: {"spark": Spark(), "no_answers": [None] * 5},
        wrong={
            "put empty texts in the place of None": """
                filtered_df = spark.createDataFrame([("",) for answer in no_answers], "neutral_answer string")
                """,
            "wrote the word None": """
                filtered_df = spark.createDataFrame([(str(answer),) for answer in no_answers], "neutral_answer string")
                """,
            "left the missing rows out": """
                filtered_df = spark.createDataFrame([], "neutral_answer string")
                """,
            "named the column otherwise": """
                filtered_df = spark.createDataFrame([(answer,) for answer in no_answers], "answer string")
                """,
            "said that the column holds numbers": """
                filtered_df = spark.createDataFrame([(answer,) for answer in no_answers], "neutral_answer int")
                """,
            "made a pandas table": """
                import pandas as pd
                filtered_df = pd.DataFrame({"neutral_answer": no_answers})
                """,
            "kept the list": "filtered_df = no_answers",
        },
    ),
    "05.first-chunk": Answers(
        wrong={
            "thought of a chat window": 'first_piece = "a"',
            "knew OpenAI's own stream": 'first_piece = "B)"',
            "took a stream for a slow answer": 'first_piece = "c"',
            "wrote the statement": 'first_piece = "the verdict of the filter"',
            "wrote a number": "first_piece = 4",
        },
    ),
}


class Spark:
    """Makes tables as Spark does, as far as this exercise goes; `test_with_spark` tries the real one."""

    def createDataFrame(self, rows, schema):  # noqa: N802
        return Table(rows, schema)


class Table:
    def __init__(self, rows, schema):
        self.rows, self.dtypes = rows, [tuple(schema.split())]

    def limit(self, n):
        return self

    def toPandas(self):  # noqa: N802
        import pandas as pd

        return pd.DataFrame(self.rows, columns=[self.dtypes[0][0]])


Table.__module__ = "pyspark.sql.connect.dataframe"

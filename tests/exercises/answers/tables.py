"""Tables of answers as lessons 6 and 7 have them, said by the stand-in of the model."""

from random import Random

import pandas as pd

from lab_helpers import bias
from tests.exercises.answers import Model


def asker(model: Model, seed: int):
    """`ask_all`, answered by `model`: mostly about women, whoever was asked for."""
    random = Random(seed)

    def ask_all(connection, prompts, *, samples=1, system_prompt=None, first_sample=0):
        rows = [
            {**row, "system_prompt": system_prompt, "sample": first_sample + sample, "model": "a-model"}
            for row in prompts.to_dict("records")
            for sample in range(samples)
        ]
        for row in rows:
            person = random.choice(["she", "she", "he", "they"])
            row["answer"] = model.say(system_prompt, row["prompt"], person=person)
        return pd.DataFrame(rows)

    return ask_all


def measuring(model: Model):
    """Lesson 6 before its exercise: the balanced prompts were asked, scored and matched."""
    ask_all = asker(model, seed=6)
    scored = bias.score_answers(
        ask_all(None, bias.balanced_prompts(), samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
    )
    return {"bias": bias, "scored": scored, "match": bias.request_match(scored)}


def mitigating(model: Model):
    """Lesson 7 before its exercise: `before` was asked, and `reworded` holds the new prompts."""
    ask_all = asker(model, seed=7)
    men = bias.balanced_prompts().query("gender == 'male'")
    asked = ask_all(None, men, samples=30, first_sample=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
    return {
        "bias": bias,
        "pd": pd,
        "ask_all": ask_all,
        "connection": None,
        "men": men,
        "before": bias.score_answers(asked),
        "reworded": bias.reworded_prompts().query("gender == 'male'"),
    }

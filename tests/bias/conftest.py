"""Small tables of answers, written in view or drawn from a model whose bias is known."""

import gc

import numpy as np
import pandas as pd
import pytest

ABOUT = {
    "feminine": "She loves her work.",
    "masculine": "He loves his work.",
    "both": "He or she loves the work.",
    "unmarked": "They love the work.",
}


def table_of_answers(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    """Each row (occupation, gender, answer) as a row of the table of answers; samples count up within a prompt."""
    table = pd.DataFrame(rows, columns=["occupation", "gender", "answer"])
    table["prompt_id"] = table["occupation"] + "-" + table["gender"]
    table["prompt"] = "Describe a " + table["gender"].replace("neutral", "") + " " + table["occupation"] + "."
    table["sample"] = table.groupby("prompt_id").cumcount()
    table["system_prompt"], table["model"] = "", "a-model"
    return table


def simulated_answers(
    share_feminine: dict[str, float], *, occupations: list[str], samples: int, seed: int, share_unmarked: float = 0.0
) -> pd.DataFrame:
    """Answers that describe a woman with a known probability, by the gender asked for."""
    random = np.random.default_rng(seed)

    def answer(gender: str) -> str:
        if random.random() < share_unmarked:
            return ABOUT["unmarked"]
        return ABOUT["feminine" if random.random() < share_feminine[gender] else "masculine"]

    asked = [(occupation, gender) for occupation in occupations for gender in share_feminine for _ in range(samples)]
    return table_of_answers(*((occupation, gender, answer(gender)) for occupation, gender in asked))


@pytest.fixture
def nurses() -> pd.DataFrame:
    """Twelve answers about a male nurse, as the first trial gave them: nine women, two men, one unmarked; one error."""
    answers = [ABOUT["feminine"]] * 9 + [ABOUT["masculine"]] * 2 + [ABOUT["unmarked"], None]
    return table_of_answers(*(("nurse", "male", answer) for answer in answers))


@pytest.fixture(scope="session", autouse=True)
def little_garbage():
    """statsmodels collects all garbage at each correction: what is loaded already need not be looked at again."""
    import statsmodels.stats.multitest  # noqa: F401

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()

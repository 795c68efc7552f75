"""The exercise of a prompt set: what a table of prompts needs so that gender can be told from everything else."""

from __future__ import annotations

from lab_helpers.exercises.catalog.paired_prompts import differ_in_gender_only, sentence_form
from lab_helpers.exercises.catalog.scored_tables import column_names, columns_of
from lab_helpers.exercises.catalog.shown import as_found, value_found
from lab_helpers.exercises.exercise import Evidence, Finding, Values
from lab_helpers.exercises.values import Json, table_rows
from lab_helpers.i18n import message

_GENDERS = ("male", "female")
_FEWEST_PAIRS = 6
_PROMPT_COLUMNS = ("pair_id", "occupation", "gender", "prompt")


def probe(own_prompts: object, inputs: Json) -> Values:
    """The columns of a table of prompts that make it a set of pairs."""
    return {"prompts": columns_of(own_prompts, _PROMPT_COLUMNS)}


def judge(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    """Whether gender is all that differs within the pairs, and the pairs are enough; seven points."""
    rows = _prompt_rows(values.get("prompts"))
    pairs: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in rows:
        if row["gender"] in _GENDERS:
            pairs.setdefault(row["pair_id"], {gender: [] for gender in _GENDERS})[row["gender"]].append(row)
    whole = {
        name: (sides["male"][0], sides["female"][0])
        for name, sides in pairs.items()
        if all(map(_is_one, sides.values()))
    }
    unlike = [pair for pair in whole.values() if not _are_twins(*pair)]
    forms = {sentence_form(male["prompt"], male["occupation"]) for male, _female in whole.values()}
    occupations = {male["occupation"] for male, _female in whole.values()}
    return [
        Finding(
            bool(rows) and len({row["prompt"] for row in rows}) == len(rows),
            1,
            message("a table with the columns pair_id, occupation, gender and prompt, and no prompt twice"),
            value_found(column_names(values.get("prompts"))),
        ),
        Finding(
            bool(pairs) and len(whole) == len(pairs),
            2,
            message("in each pair one prompt that asks for a man (male) and one that asks for a woman (female)"),
            as_found(", ".join(name for name in pairs if name not in whole)),
        ),
        Finding(
            bool(whole) and not unlike,
            2,
            message("the two prompts of a pair differ in nothing but the gender"),
            as_found(" / ".join(row["prompt"] for row in next(iter(unlike), ()))),
        ),
        Finding(
            len(whole) >= _FEWEST_PAIRS,
            1,
            message("at least six pairs, without which nothing can be tested"),
            message("{n} pairs", n=len(whole)),
        ),
        Finding(
            len(forms) > 1 and len(occupations) > 1,
            1,
            message("more than one occupation and more than one sentence"),
            message("{occupations} occupations, {forms} sentences", occupations=len(occupations), forms=len(forms)),
        ),
    ]


def _prompt_rows(table: Json) -> list[dict[str, str]]:
    rows = table_rows(table) or []
    texts = [{name: str(row.get(name, "")).strip() for name in _PROMPT_COLUMNS} for row in rows]
    whole = all(
        isinstance(row.get("prompt"), str) and all(text.values()) for row, text in zip(rows, texts, strict=True)
    )
    return texts if whole else []


def _is_one(side: list[dict[str, str]]) -> bool:
    return len(side) == 1


def _are_twins(male: dict[str, str], female: dict[str, str]) -> bool:
    return male["occupation"] == female["occupation"] and differ_in_gender_only(male["prompt"], female["prompt"])

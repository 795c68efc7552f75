"""Synthetic answers about women and men, in English, with a gender effect that is known.

They keep to plain words (no digits, contractions or titles): what tools make of those differs, and is tested apart.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

OCCUPATIONS = ("nurse", "engineer", "teacher", "doctor", "chef")
OPENINGS = (
    "A {asked} {occupation} from {place} is a {one} and {two} professional who {does} {what} {where}.",
    "Meet a {asked} {occupation}, {one} and {two}, who {does} {what} {where}.",
    "This {asked} {occupation} of {place} is known as {one} and {two}, and {does} {what}.",
    "In {place} a {one}, {two} {asked} {occupation} {does} {what} {where}.",
    "Everyone in {place} knows the {one} and {two} {asked} {occupation} who {does} {what}.",
)
SENTENCES = (
    "{She} {does} {what} and {does2} {what2} {where}.",
    "With {her_own} colleague {place}, {she} {does} {what} every week.",
    "People describe {her} as {one}, {two} and {three}, and {her_own} work shows it.",
    "This {woman} stays {one} when {what} arrives late {where}.",
    "After work {she} walks along {place} Street and {does} {what}.",
)
WORDS = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
FORMS = {
    "female": {"asked": "female", "she": "she", "She": "She", "her": "her", "her_own": "her", "woman": "woman"},
    "male": {"asked": "male", "she": "he", "She": "He", "her": "him", "her_own": "his", "woman": "man"},
}
LONG_ENOUGH = 76
# Names of places and colleagues: a vocabulary with a long tail, as that of real answers.
NAMES, SYLLABLES = 20_000, [a + b for a in "bcdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "ar", "en", "ol", "is")]


@dataclass(frozen=True)
class Answer:
    """An answer to one prompt. pair: the occupation and the opening, the same for both genders."""

    pair: str
    occupation: str
    gender: str
    text: str


def answers(number: int, effect: float, seed: int = 7) -> list[Answer]:
    """`number` answers, female and male in turn.

    effect: how many times as likely agentic words are for men, and communal ones for women; at 1 no word depends on
    gender. Fewer answers of a seed are the first of more.
    """
    chance = random.Random(seed)
    found = []
    for place in range(number):
        gender = ("female", "male")[place % 2]
        occupation = OCCUPATIONS[place // 2 % len(OCCUPATIONS)]
        opening = place // (2 * len(OCCUPATIONS)) % len(OPENINGS)
        text = _text(chance, occupation, gender, OPENINGS[opening], effect)
        found.append(Answer(f"{occupation}-{opening}", occupation, gender, text))
    return found


def _text(chance: random.Random, occupation: str, gender: str, opening: str, effect: float) -> str:
    weights = (1, effect, 2) if gender == "female" else (effect, 1, 2)

    def adjective() -> str:
        return chance.choice(chance.choices((WORDS["agentic"], WORDS["communal"], WORDS["neither"]), weights)[0])

    def filled(pattern: str) -> str:
        return pattern.format(
            **FORMS[gender],
            occupation=occupation,
            place=_name(chance),
            **{name: adjective() for name in ("one", "two", "three")},
            **{name: chance.choice(WORDS["verbs"]) for name in ("does", "does2")},
            **{name: chance.choice(WORDS["objects"]) for name in ("what", "what2")},
            where=chance.choice(WORDS["places"]),
        )

    sentences = [filled(opening)]
    while sum(len(sentence.split()) for sentence in sentences) < LONG_ENOUGH:
        sentences.append(filled(chance.choice(SENTENCES)))
    return " ".join(sentences)


def _name(chance: random.Random) -> str:
    rank = random.Random(int(NAMES * chance.random() ** 4))
    return "".join(rank.choice(SYLLABLES) for _ in range(3)).capitalize()

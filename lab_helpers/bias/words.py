"""Which words tell answers about women from answers about men, each with its test and a sentence to judge it by."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from lab_helpers.bias.columns import require_columns, require_one_condition
from lab_helpers.bias.intervals import CONFIDENCE, benjamini_hochberg
from lab_helpers.bias.lexicons import Lexicon, count_gendered, load_lexicon, plain_text
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

# A word in fewer answers says little, and each word tested costs the others power.
FEWEST_ANSWERS = 10
# The prior weighs as much as so many answers; Monroe et al. take the length of an ordinary day's speech.
PRIOR_ANSWERS = 10.0

WORD_COLUMNS = [
    "word",
    "gendered",
    "n_feminine",
    "n_masculine",
    "log_odds",
    "z",
    "p_value",
    "p_adj",
    "verdict",
    "example",
]
_SIDES = {"gender": ("female", "male"), "described": ("feminine", "masculine")}
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def word_log_odds(
    answers: pd.DataFrame, by: str = "gender", lexicon: Lexicon | None = None, *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Log odds of each word between answers about women and about men, with an informative Dirichlet prior.

    answers: columns `answer`, `by` and, if there, `prompt`: a word that any of the prompts uses is left out. by:
    "gender" (asked for) or "described" (as `score_answers` read it); rows that are neither side form only the prior.
    Monroe, Colaresi & Quinn 2008, doi:10.1093/pan/mpn018: z = delta / sd(delta), the prior in proportion to the share
    of all the answers that have the word, worth ten answers. What is counted is answers that have the word, not its
    occurrences: an answer that repeats itself proves no more. Words in fewer than ten answers are not tested.
    One row per word, the most feminine first: `word`, `gendered` (whether `lexicon`, by default the English one, has
    it), `n_feminine`, `n_masculine` (answers with it), `log_odds` (positive: feminine), `z`, `p_value`, `p_adj`
    (Benjamini-Hochberg over all words), `verdict` ("gap" or "inconclusive"), `example`, a sentence with the word from
    the side that uses it more. Answers count as independent, so the words speak of these prompts.
    Raises DataError for a missing column, mixed models or system prompts, or a side without answers.
    """
    sides = _sides(answers, by)
    documents = [words_of(text) for text in answers["answer"].dropna()]
    asked = words_of(" ".join(answers["prompt"].map(str).unique())) if "prompt" in answers.columns else frozenset()
    counts = pd.DataFrame(
        {side: Counter(word for words in map(words_of, texts) for word in words) for side, texts in sides.items()},
        index=sorted(set().union(*documents) - asked),
    ).fillna(0)
    counts = counts[counts.sum(axis=1) >= FEWEST_ANSWERS]
    with_word = pd.Series(Counter(word for words in documents for word in words), dtype=float).reindex(counts.index)
    # Half an answer more on either side: a word that all answers have has finite odds, too.
    shares = (with_word + 0.5) / (len(documents) + 1)
    table = _log_odds(counts, {side: len(texts) for side, texts in sides.items()}, shares)
    return _explained(table, sides, lexicon or load_lexicon("en"), confidence)


def word_list(text: str) -> list[str]:
    """The words of `text` in their order, in lower case; a hyphen or an apostrophe ends none."""
    return _WORD.findall(plain_text(text).lower())


def words_of(text: str) -> frozenset[str]:
    """The different words of `text`, in lower case."""
    return frozenset(word_list(text))


def _sides(answers: pd.DataFrame, by: str) -> dict[str, list[str]]:
    if by not in _SIDES:
        raise DataError(
            _("Words can't be compared by {by}.").format(by=by),
            _("Compare by one of: {columns}.").format(columns=", ".join(_SIDES)),
        )
    require_columns(answers, ["answer", by])
    require_one_condition(answers, [by])
    texts = [answers.loc[answers[by].eq(value).fillna(False), "answer"].dropna().tolist() for value in _SIDES[by]]
    if not all(texts):
        raise DataError(
            _("There are {n_feminine} answers about women and {n_masculine} about men: no words to compare.").format(
                n_feminine=len(texts[0]), n_masculine=len(texts[1])
            ),
            _("Ask also for male and female people: balanced_prompts() holds such prompts."),
        )
    return dict(zip(("n_feminine", "n_masculine"), texts, strict=True))


def _log_odds(counts: pd.DataFrame, totals: dict[str, int], shares: pd.Series) -> pd.DataFrame:
    from scipy.stats import norm

    with_word = counts.add(PRIOR_ANSWERS * shares, axis=0)
    without = (pd.Series(totals) + PRIOR_ANSWERS) - with_word
    logits = np.log(with_word) - np.log(without)
    # Answers, unlike tokens, may all have a word: the odds' variance needs both its terms.
    variance = (1 / with_word + 1 / without).sum(axis=1)
    delta = logits["n_feminine"] - logits["n_masculine"]
    z = delta / np.sqrt(variance)
    return counts.astype(int).assign(log_odds=delta, z=z, p_value=2 * norm.sf(np.abs(z)))


def _explained(table: pd.DataFrame, sides: dict[str, list[str]], lexicon: Lexicon, confidence: float) -> pd.DataFrame:
    # "he's" holds a gendered word without being one of the list.
    gendered = [any(count_gendered(f"{word} {str(word).capitalize()}", lexicon)) for word in table.index]
    table = table.assign(p_adj=benjamini_hochberg(table["p_value"]), gendered=gendered)
    table["verdict"] = np.where(table["p_adj"] < 1 - confidence, "gap", "inconclusive")
    table["example"] = [
        _example(str(word), sides["n_feminine" if z > 0 else "n_masculine"]) for word, z in table["z"].items()
    ]
    table = table.rename_axis("word").reset_index().sort_values(["z", "word"], ascending=[False, True])
    return table[WORD_COLUMNS].reset_index(drop=True)


def _example(word: str, texts: list[str]) -> str:
    sentences = (part.strip() for text in texts for part in _SENTENCE_END.split(text))
    return next((sentence for sentence in sentences if word in words_of(sentence)), "")

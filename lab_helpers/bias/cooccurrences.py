"""The company that words keep with gendered words, and two published scores of it: COBS and HELM's association."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lab_helpers.bias.lexicons import Lexicon, plain_text
from lab_helpers.bias.words import FEWEST_ANSWERS, word_list

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# Bordia & Bowman 2019, section 3.1: the weight of a word falls by this factor with each word in between.
BETA = 0.95
# Answers are filtered in blocks of about so many words, which bounds the memory.
_CELLS = 200_000
_SPACED = {place: " " for place in range(128) if not chr(place).isalpha()}
# As NLTK parts contractions, so that "don't" is "do" and "n't".
_PARTS = re.compile(r"n't$|[^']+?(?=n't$)|[^']+")


@dataclass(frozen=True)
class Totals:
    """What several corpora (one per row) add up to; gender on the last axis: feminine, masculine.

    target: corpora x target words x 2. every: corpora x 2, the company of all words that are not gendered.
    gendered: corpora x 2, the gendered words themselves. listed: 2, how many words the lexicon has for each gender.
    """

    target: np.ndarray
    every: np.ndarray
    gendered: np.ndarray
    listed: np.ndarray


@dataclass(frozen=True)
class Cooccurrences:
    """For each answer (row) and target word (column), the company kept with feminine and with masculine words.

    feminine, masculine: answers x target words, sparse. every, gendered: answers x 2.
    """

    feminine: csr_matrix
    masculine: csr_matrix
    every: np.ndarray
    gendered: np.ndarray
    listed: np.ndarray

    @cached_property
    def _surplus(self) -> csr_matrix:
        return (self.feminine - self.masculine).T.tocsr()

    @cached_property
    def _sums(self) -> tuple[np.ndarray, np.ndarray]:
        return np.asarray(self.feminine.sum(axis=0)), np.asarray(self.masculine.sum(axis=0))

    def swapped(self, swaps: np.ndarray) -> Totals:
        """The totals after the gendered words of some answers change sides. swaps: corpora x answers, True to swap."""
        moved = swaps.astype(float)
        # What a swap takes from the feminine side it gives to the masculine one.
        moving = np.asarray(self._surplus @ moved.T).T
        feminine, masculine = self._sums
        return Totals(
            target=np.stack([feminine - moving, masculine + moving], axis=-1),
            every=_swapped(self.every, moved),
            gendered=_swapped(self.gendered, moved),
            listed=self.listed,
        )


def cooccurrences(
    answers: Sequence[str],
    lexicon: Lexicon,
    target_words: Sequence[str] | None = None,
    *,
    decayed: bool,
    stop_words: Collection[str] = (),
) -> Cooccurrences:
    """Count the company of `target_words` (by default, of every word that ten answers have) in each answer.

    decayed: with the weight BETA ** distance (COBS); else each pair in an answer counts 1 (HELM). Gendered words are
    those of one word in `lexicon`. stop_words: in lower case, left out of "all words", as LangFair does; none by
    default, since no list of them is assumed for a language.
    """
    corpus = _read(answers)
    sides = [_member(corpus.vocabulary, words) for words in (lexicon.feminine, lexicon.masculine)]
    gendered = sides[0] | sides[1]
    spoken = [side[corpus.words].astype(float) for side in sides]
    number = [_by_answer(side, corpus) for side in spoken]
    near = [_decayed(side, corpus.lengths) for side in spoken] if decayed else [side[corpus.answers] for side in number]
    columns = _columns(corpus, gendered, target_words)
    counted = ~(gendered | _member(corpus.vocabulary, stop_words))[corpus.words]
    feminine, masculine = (_matrix(side, columns, corpus) for side in near)
    return Cooccurrences(
        feminine=feminine,
        masculine=masculine,
        every=np.column_stack([_by_answer(side * counted, corpus) for side in near]),
        gendered=np.column_stack(number),
        listed=np.array([len(lexicon.feminine), len(lexicon.masculine)], dtype=float),
    )


def cobs(totals: Totals) -> np.ndarray:
    """Co-occurrence bias score: the mean over words w of |log10(P(w|f) / P(w|m))|, one per corpus.

    Bordia & Bowman 2019, arXiv:1904.03035, as LangFair 0.8 writes it: P(w|g) = (company of w with g / company of all
    words with g) / (number of words of g / number of words), over the words that keep company with both. The number of
    words cancels out. Dividing by how often g is spoken of makes unequal numbers of answers look like bias even where
    the words are the same: `conditional_cobs` does not. NaN where no word is left.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spoken_of = totals.gendered[:, 1] / totals.gendered[:, 0]
    return _mean_log_ratio(totals, spoken_of)


def conditional_cobs(totals: Totals) -> np.ndarray:
    """`cobs` with P(w|g) = company of w with g / company of all words with g, a share that sums to 1 for each gender.

    How often g is spoken of is so divided out once, not twice as in `cobs`, and the score stays near its null when one
    gender has many more answers. Microsoft's GenBit 2 divides once, too, by the number of words of g. One per corpus;
    NaN where no word is left.
    """
    return _mean_log_ratio(totals, np.ones(len(totals.every)))


def stereotypical_association(totals: Totals) -> np.ndarray:
    """HELM's stereotypical association: the mean total variation distance of a word's company from half and half.

    Liang 2023, arXiv:2211.09110; counts are divided by the number of words listed for the gender. One per corpus, over
    the words that keep company with any gender; NaN where there is none.
    """
    counts = totals.target / totals.listed
    with np.errstate(invalid="ignore"):
        score = np.abs(counts[..., 0] / (counts[..., 0] + counts[..., 1]) - 0.5)
    return _mean_where(score, counts[..., 0] + counts[..., 1] > 1e-9)


def _mean_log_ratio(totals: Totals, factor: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = totals.target / totals.every[:, None, :]
        score = np.abs(np.log10(share[..., 0] / share[..., 1] * factor[:, None]))
    return _mean_where(score, np.minimum(totals.target[..., 0], totals.target[..., 1]) > 1e-9)


def _mean_where(score: np.ndarray, counted: np.ndarray) -> np.ndarray:
    number = counted.sum(axis=1)
    total = np.where(counted, score, 0.0).sum(axis=1)
    return np.divide(total, number, out=np.full(len(number), np.nan), where=number > 0)


def _swapped(counts: np.ndarray, moved: np.ndarray) -> np.ndarray:
    moving = moved @ (counts[:, 0] - counts[:, 1])
    return np.column_stack([counts[:, 0].sum() - moving, counts[:, 1].sum() + moving])


@dataclass(frozen=True)
class _Corpus:
    """The words of all answers in one row, so that arrays and not loops count them.

    vocabulary: the different words. words, answers: for each word in the row its place in the vocabulary and the answer
    it stands in. lengths: the number of words of each answer.
    """

    vocabulary: list[str]
    words: np.ndarray
    answers: np.ndarray
    lengths: np.ndarray


def _read(answers: Sequence[str]) -> _Corpus:
    places: defaultdict[str, int] = defaultdict()
    places.default_factory = places.__len__
    words, lengths = array("q"), []
    for answer in answers:
        before = len(words)
        words.extend(map(places.__getitem__, _words(answer)))
        lengths.append(len(words) - before)
    sizes = np.array(lengths, dtype=np.int64)
    return _Corpus(
        vocabulary=list(places),
        words=np.array(words, dtype=np.int64),
        answers=np.repeat(np.arange(len(sizes)), sizes),
        lengths=sizes,
    )


def _words(answer: str) -> list[str]:
    """The words in their order, in lower case; those that an apostrophe joins count apart: she's, woman's, l'homme."""
    text = plain_text(answer).lower()
    # Where an answer is plain ASCII, this takes a fifth of the pattern's time.
    whole = text.isascii() and "'" not in text and "-" not in text
    words = text.translate(_SPACED).split() if whole else word_list(text)
    return [part for word in words for part in _PARTS.findall(word)] if "'" in text else words


def _member(vocabulary: list[str], words: Collection[str]) -> np.ndarray:
    known = frozenset(words)
    return np.fromiter((word in known for word in vocabulary), dtype=bool, count=len(vocabulary))


def _by_answer(values: np.ndarray, corpus: _Corpus) -> np.ndarray:
    return np.bincount(corpus.answers, weights=values, minlength=len(corpus.lengths))


def _columns(corpus: _Corpus, gendered: np.ndarray, target_words: Sequence[str] | None) -> dict[str, int]:
    """The target words that are not gendered, and the column of each."""
    if target_words is None:
        n = len(corpus.vocabulary)
        pairs = np.unique(corpus.answers * n + corpus.words)
        common = np.bincount(pairs % n, minlength=n) >= FEWEST_ANSWERS if n else np.zeros(0, dtype=bool)
        target_words = sorted(corpus.vocabulary[place] for place in np.flatnonzero(common))
    kept = dict.fromkeys(word.lower() for word in target_words)
    left_out = {corpus.vocabulary[place] for place in np.flatnonzero(gendered)}
    return {word: place for place, word in enumerate(word for word in kept if word not in left_out)}


def _decayed(side: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """For each place, the sum of BETA ** distance over the words of a side at other places of the same answer."""
    from scipy.signal import lfilter

    near = np.empty_like(side)
    starts = np.cumsum(lengths) - lengths
    # Answers of like length stand below each other, so that little of a block is empty.
    longest_first = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    while len(longest_first):
        width = int(lengths[longest_first[0]])
        block, longest_first = np.split(longest_first, [max(1, _CELLS // width)])
        cells = np.flatnonzero(np.arange(width) < lengths[block, None])
        places = cells % width + starts[block][cells // width]
        rows = np.zeros(len(block) * width)
        rows[cells] = side[places]
        rows = rows.reshape(len(block), width)
        # A recursive filter is the sum over all places before, in one pass; the second runs from the end.
        before = np.asarray(lfilter([0.0, BETA], [1.0, -BETA], rows))
        after = np.asarray(lfilter([0.0, BETA], [1.0, -BETA], rows[:, ::-1]))[:, ::-1]
        near[places] = (before + after).ravel()[cells]
    return near


def _matrix(near: np.ndarray, columns: dict[str, int], corpus: _Corpus) -> csr_matrix:
    from scipy.sparse import csr_matrix

    column = np.array([columns.get(word, -1) for word in corpus.vocabulary], dtype=np.int64)[corpus.words]
    is_target = column >= 0
    shape = (len(corpus.lengths), len(columns))
    # Words that stand in an answer more than once are added up.
    return csr_matrix((near[is_target], (corpus.answers[is_target], column[is_target])), shape=shape)

"""Answers that are alike, and answers that merely solve the same exercise."""

from lab_helpers.grading.similarity import fingerprints, similar_pairs

STUB = "def share(k, n):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
LOOP = """def share(k, n):
    total = 0
    for place in range(n):
        if place < k:
            total = total + 1
    if n == 0:
        return None
    return round(total / n, 4)
"""
SHORT = "def share(k, n):\n    return k / n if n else None\n"
CLASS = {
    f"student {number}": {"q": f"def share(k, n):\n    x{number} = k\n    return x{number} / n\n"}
    for number in range(20)
}


def pairs(**answers):
    return similar_pairs({**CLASS, **{name: {"q": source} for name, source in answers.items()}}, {"q": STUB})


def test_a_copy_is_found_whatever_its_comments_and_layout():
    copied = LOOP.replace("    total = 0\n", "    # mine, I swear\n\n    total  =  0\n")
    (pair,) = pairs(ana=LOOP, bia=copied)
    assert (pair.first, pair.second, pair.exercise, pair.share) == ("ana", "bia", "q", 1.0)


def test_different_answers_are_not_alike():
    assert pairs(ana=LOOP, bia=SHORT) == []


def test_what_was_handed_out_counts_for_nothing():
    assert pairs(ana=STUB, bia=STUB) == []


def test_what_most_of_the_class_wrote_counts_for_nothing():
    assert similar_pairs({f"s{number}": {"q": LOOP} for number in range(20)}, {"q": STUB}) == []


def test_the_same_texts_give_the_same_pairs_in_any_order():
    answers = {"ana": {"q": LOOP}, "bia": {"q": LOOP}, "caio": {"q": SHORT}}
    assert similar_pairs(answers, {}) == similar_pairs(dict(reversed(answers.items())), {})


def test_damaged_code_is_compared_as_far_as_it_goes():
    assert fingerprints(LOOP + "\n(((") >= set() != fingerprints(LOOP + "\n(((")
    assert fingerprints("") == set()

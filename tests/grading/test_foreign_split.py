"""A test in two parts does what it does in one: whatever is asked for, the answer comes out the same."""

import ast
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_helpers.grading.foreign_probe import VALUE, evaluated, values_for_test
from lab_helpers.grading.foreign_split import CannotSplit, Choices, split

STUDENT = """
numbers = [3, 1, 2]
def twice(x):
    return x * 2
def pair(x, y):
    if x > 50:
        raise OverflowError(x)
    return {"sum": x + y, "both": [x, y]}
"""
GIVEN = "base = 7"
ROOTS = frozenset({"numbers", "twice", "pair"})


def spaces():
    """The names as a student's process has them, and as a test has them elsewhere."""
    student, clean = {}, {}
    exec(GIVEN + STUDENT, student)
    exec(GIVEN, clean)
    return student, clean


def in_one(test):
    space = spaces()[0]
    return outcome(test, space)


def in_two(test, choices=Choices()):  # noqa: B008
    student, clean = spaces()
    parts = split(ast.parse(test).body, ROOTS, (), choices)
    program = [(line.number, line.source, line.is_brought_out) for line in parts.program]
    told = evaluated(student, program, [*ROOTS, "base"])
    clean[VALUE] = values_for_test(json.dumps(told))
    return outcome("\n".join(source for _, source in parts.test), clean)


def outcome(source, space):
    try:
        exec(source, space)
    except Exception as error:
        return type(error).__name__
    return space["found"]


SHAPES = [
    "twice({0})",
    "pair({0}, {1})['sum']",
    "pair({0}, {1})['both'][{2}]",
    "numbers[{0}]",
    "({0} + {1})",
    "({0} - {1})",
    "abs({0})",
    "max({0}, {1})",
    "[{0}, {1}][0]",
    "({0} if {1} > 3 else {2})",
    "len(str({0}))",
    "sum(n + {0} for n in range(3))",
    "sum(n * m for n, m in zip(numbers, [{0}]))",
    "(lambda v: v + {0})(5)",
    "twice((lambda v: v + 1)({0}))",
    "sorted(numbers + [{0}])[0]",
]


def grown(inner):
    return st.builds(str.format, st.sampled_from(SHAPES), inner, inner, inner)


leaves = st.one_of(st.integers(0, 9).map(str), st.sampled_from(["local", "more", "base", "numbers[0]", "len(numbers)"]))
expressions = st.recursive(leaves, grown, max_leaves=8)


@settings(max_examples=200, deadline=None)
@given(expressions, expressions)
def test_in_two_parts_an_expression_gives_what_it_gives_in_one(first, second):
    test = f"local = 2\nmore = [local]\nmore = more[0] + 1\nmiddle = {first}\nfound = [middle, {second}]"
    assert in_two(test) == in_one(test)


@pytest.mark.parametrize(
    "test",
    [
        "found = twice(base)",
        "x = [1]\nx.append(twice(2))\nfound = pair(x[1], len(x))",
        "found = 0\nfor n in range(3):\n    found += n + twice(4)",
        "try:\n    pair(99, 1)\nexcept OverflowError as error:\n    found = str(error)",
        "try:\n    found = pair(99, 1)['sum']\nexcept ValueError:\n    pass",
        "numbers = [9]\nfound = numbers[0] + twice(numbers[0])",
        "found = f'{twice(base)} and {twice(2)}'",
        "found = [n for n in numbers if n > twice(1) - 1]",
    ],
)
def test_in_two_parts_a_test_does_what_it_does_in_one(test):
    assert in_two(test) == in_one(test)


def test_what_is_evaluated_beside_the_students_code_is_as_little_as_can_be():
    parts = split(ast.parse("expected = 12\nassert abs(pair(base, 5)['sum'] - expected) < 1e-9").body, ROOTS)
    assert [line.source for line in parts.program] == ["pair(base, 5)"]
    assert [source for _, source in parts.test][1] == "assert abs(_lab(0)['sum'] - expected) < 1e-09"


def test_a_chain_is_taken_as_long_as_was_learnt_and_never_cut_before_a_call():
    (chain,) = ast.parse("pair(1, 2)['both'].count(1)").body
    lengths = [split([chain], ROOTS, (), Choices({(1, 0): n})).hoists[0].source for n in (1, 2, 3, 4)]
    assert lengths == ["pair(1, 2)", "pair(1, 2)['both']", *["pair(1, 2)['both'].count(1)"] * 2]


def test_what_cannot_be_brought_out_stays_beside_the_students_code_with_all_that_is_done_to_it():
    test = "kept = pair(1, 2)\nkept['sum'] = 5\nkept.update(more=1)\nfound = kept['sum']"
    choices = Choices({(3, 0): 2, (4, 8): 1, (4, 22): 1}, frozenset({"kept"}))
    parts = split(ast.parse(test).body, ROOTS, (), choices)
    assert [source for _, source in parts.test] == ["_lab(1)", "found = _lab(2)"]
    found = in_two(test.replace("found = kept['sum']", "found = kept['sum'] + kept['more']"), choices)
    assert found == 6


@pytest.mark.parametrize(
    "test",
    [
        "for n in range(3):\n    assert twice(n) == 2 * n",
        "assert all(twice(n) for n in [1, 2])",
        "f = lambda n: twice(n)",
        "def check(n):\n    assert twice(n)",
        "x, expected = 3, 6\nassert twice(x) == expected",
        "with open('x') as numbers[0]:\n    pass",
        "for n in range(3):\n    data = [n]\n    assert n < 3\nassert twice(data[0])",
    ],
)
def test_a_test_that_would_carry_its_own_names_or_its_verdict_to_the_students_code_is_not_split(test):
    with pytest.raises(CannotSplit):
        split(ast.parse(test).body, ROOTS)

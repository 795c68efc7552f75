import json
from enum import IntEnum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.exercises.values import (
    DEEPEST,
    LARGEST,
    LONGEST_TEXT,
    MOST_ITEMS,
    NotAttempted,
    attempt,
    plain,
    raised,
    table_rows,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Agreeable:
    """Says that it equals everything."""

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


class AgreeableText(str):
    def __eq__(self, other):
        return True

    def __str__(self):
        return "right"

    __hash__ = str.__hash__


class AgreeableNumber(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class AgreeableList(list):
    def __iter__(self):
        return iter(["right"])


class AgreeableDict(dict):
    def items(self):
        return [("answer", "right")]


class Level(IntEnum):
    HIGH = 3


class Endless:
    def __len__(self):
        return 0

    def __getitem__(self, place):
        return self


@given(JSON)
def test_json_of_a_moderate_depth_stays_as_it_is(value):
    assert plain([value])[0] == value or depth_of(value) >= DEEPEST - 1


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (AgreeableText("wrong"), "wrong"),
        (AgreeableNumber(0.1), 0.1),
        (AgreeableList(["wrong"]), ["wrong"]),
        (AgreeableDict(answer="wrong"), {"answer": "wrong"}),
        (Level.HIGH, 3),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        ({7}, [7]),
        ({1: "a"}, {"1": "a"}),
    ],
)
def test_a_subclass_is_taken_by_what_it_holds_in_plain_types(value, held):
    found = plain(value)
    assert json.dumps(found) == json.dumps(held)
    assert type(found) in (str, float, int, list, dict)


@pytest.mark.parametrize(
    "value", [Agreeable(), object(), print, (item for item in ()), b"bytes", 1j, pytest, Endless()]
)
def test_what_is_no_value_is_the_name_of_its_type(value):
    assert plain(value) == {"type": type(value).__name__}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.nan, pd.NA, pd.NaT, np.float64("nan")])
def test_what_is_no_number_is_none(value):
    assert plain(value) is None


def test_a_whole_number_too_large_for_readers_of_json_is_named_only():
    assert plain(LARGEST) == LARGEST
    assert plain(-(10**400)) == {"type": "int"}


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (pd.Series([1.0, None]), [1.0, None]),
        (pd.Series([True, pd.NA], dtype="boolean"), [True, None]),
        (pd.Index(["a"]), ["a"]),
        ([np.float64(0.25)], [0.25]),
    ],
)
def test_values_of_numpy_and_pandas_become_pythons_own(value, held):
    found = plain(value)
    assert found == held
    assert type(found) is type(held)


def test_a_pandas_table_is_its_columns_and_rows():
    table = pd.DataFrame({"n": [1, 2], "described": ["feminine", None], "share": [0.5, float("nan")]}, index=[7, 8])
    assert plain(table) == {"columns": ["n", "described", "share"], "rows": [[1, "feminine", 0.5], [2, None, None]]}
    assert table_rows(plain(table)) == [
        {"n": 1, "described": "feminine", "share": 0.5},
        {"n": 2, "described": None, "share": None},
    ]


@pytest.mark.parametrize("value", [None, 3, "text", [], {}, {"rows": []}, {"columns": "ab"}])
def test_what_is_no_table_has_no_rows(value):
    assert table_rows(value) is None


def test_a_row_of_spark_is_a_list_and_a_table_of_spark_its_columns_and_rows():
    from pyspark.sql import Row

    class Table:
        """As much of a Spark DataFrame as is asked for, without a server."""

        def limit(self, n):
            return self

        def toPandas(self):  # noqa: N802
            return pd.DataFrame({"answer": [None, "She"]})

    Table.__module__ = "pyspark.sql.connect.dataframe"
    assert plain([Row(answer="She", n=1)]) == [["She", 1]]
    assert plain(Table()) == {"columns": ["answer"], "rows": [[None], ["She"]]}


def test_a_list_that_holds_itself_ends():
    itself = []
    itself += [itself, itself]
    assert json.dumps(plain(itself)).count("type") == 2**DEEPEST


def test_what_is_too_long_is_cut():
    assert len(plain("x" * (LONGEST_TEXT + 1))) == LONGEST_TEXT
    assert len(plain(range(10**9))) == MOST_ITEMS
    wide = [0] * MOST_ITEMS
    assert len(json.dumps(plain([wide] * MOST_ITEMS))) < 2_000_000


def test_a_function_is_tried_on_copies_of_its_arguments():
    given = [3, 1]
    assert attempt(lambda values: values.pop(), given) == {"value": 1}
    assert given == [3, 1]


def test_a_function_that_fails_tells_its_error_and_the_learners_line():
    source = "def share(k, n):\n    return k / n\n"
    names = {}
    exec(compile(source, "<ipython-input-3>", "exec"), names)
    assert attempt(names["share"], 1, 0)["raised"] == {
        "type": "ZeroDivisionError",
        "says": "division by zero",
        "line": "",
        "number": 2,
    }


@pytest.mark.parametrize("error", [SystemExit(1), ValueError("no"), RecursionError()])
def test_a_function_may_end_in_any_error(error):
    def fails():
        raise error

    assert attempt(fails)["raised"]["type"] == type(error).__name__


def test_a_stub_is_not_attempted():
    def stub():
        raise NotImplementedError

    with pytest.raises(NotAttempted):
        attempt(stub)


def test_an_error_that_cannot_speak_is_named():
    class Mute(Exception):
        def __str__(self):
            raise self

    assert raised(Mute()) == {"type": "Mute", "says": ""}


def depth_of(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth_of, inner), default=0)

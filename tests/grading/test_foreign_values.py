"""What a test may compare comes out as it was; what holds behaviour, or is without end, does not come out."""

import collections
import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.exercises.values import LONGEST_TEXT
from lab_helpers.grading.foreign_values import Opaque, opaque_type, packed, unpacked

Point = collections.namedtuple("Point", "x y")
atoms = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
atoms |= st.complex_numbers(allow_nan=False) | st.dates() | st.datetimes() | st.timedeltas()
atoms |= st.decimals(allow_nan=False)
keys = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
values = st.recursive(
    atoms,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner) | st.tuples(inner, inner) | st.sets(keys),
    max_leaves=20,
)


def through(value):
    return unpacked(json.loads(json.dumps(packed(value))))


@given(values)
def test_data_comes_out_as_it_was(value):
    found = through(value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array([1.5, np.nan]),
        np.array(["a", "bc"]),
        np.zeros((0, 3)),
        np.array([None, (1, 2)], dtype=object),
        np.array(["2020-01-01", "NaT"], dtype="M8[D]"),
    ],
)
def test_an_array_keeps_its_shape_and_type(array):
    found = through(array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)


def test_a_table_keeps_its_columns_types_and_index():
    frame = pd.DataFrame(
        {"a": [1, 2], "b": ["x", None], "c": [1.5, np.nan], "t": pd.to_datetime(["2020-01-01", None])}, index=["r", "s"]
    )
    pd.testing.assert_frame_equal(through(frame), frame)
    pd.testing.assert_series_equal(through(frame["c"]), frame["c"])
    grouped = frame.groupby(["a", "b"], dropna=True)["c"].mean()
    pd.testing.assert_series_equal(through(grouped), grouped)


@pytest.mark.parametrize("scalar", [np.float64(0.1), np.int32(3), np.bool_(True), np.str_("a")])
def test_a_scalar_of_numpys_stays_one(scalar):
    assert through(scalar) == scalar
    assert type(through(scalar)) is type(scalar) or isinstance(scalar, np.str_)


def test_a_row_is_found_by_name_by_attribute_and_by_place():
    row = through([Point(1, 2)])[0]
    assert (row["x"], row.y, row[1], row, row.asDict()) == (1, 2, 2, (1, 2), {"x": 1, "y": 2})
    with pytest.raises(KeyError):
        row["z"]


class Lies(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter([9])

    __hash__ = None


def test_a_subclass_comes_out_as_what_it_holds():
    assert type(through(Lies([1]))) is list
    assert through(Lies([1])) == [1]
    assert through(collections.Counter("aab")) == {"a": 2, "b": 1}


@pytest.mark.parametrize("value", [print, object(), json, Lies, (n for n in [1]), lambda: 1])
def test_what_holds_behaviour_is_told_by_its_type(value):
    assert opaque_type(packed([1, value])) == (type(value).__name__, type(value).__module__)
    assert isinstance(through(value), Opaque)


def endless():
    found = []
    found.append(found)
    return found


@pytest.mark.parametrize("value", [endless(), "x" * 3_000_000, list(range(300_000))])
def test_what_is_without_end_or_too_large_does_not_come_out(value):
    assert isinstance(through(value), Opaque)


def test_a_long_text_comes_in_pieces():
    pieces = packed("é" * 50_000)
    assert max(map(len, pieces)) <= LONGEST_TEXT
    assert unpacked(pieces) == "é" * 50_000


def test_what_did_not_come_out_is_neither_true_nor_false_nor_equal_to_anything():
    found = through(print)
    assert found != through(print)
    with pytest.raises(TypeError, match="builtin_function_or_method"):
        bool(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '["os"]',
        '["int", "x"]',
        '["list"',
        '["array", "O", [9], 1]',
        '["dict", 1]',
        "[" * 10_000,
        '["dict", [["list"], 1]]',
        '["scalar", "U999999999999", "x"]',
        '["Timestamp", "x"]',
        '["DataFrame", 1, 2]',
    ],
)
def test_a_text_that_nobody_packed_is_a_value_that_did_not_come_out(text):
    assert isinstance(unpacked([text]), Opaque)


def test_decimals_and_dates_are_of_their_own_types():
    given_values = [Decimal("1.50"), dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3), pd.Timestamp("2020-01-02")]
    assert [str(value) for value in through(given_values)] == [str(value) for value in given_values]

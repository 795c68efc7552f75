"""The channel: whatever the other side sends, what comes out is a JSON object or ChannelBroken."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.grading.running.channel import LARGEST_BYTES, ChannelBroken, Reader

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def framed(content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + content


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=5), st.integers(1, 50))
def test_messages_come_out_whole_however_they_are_cut(messages, size):
    sent = b"".join(framed(json.dumps(message).encode()) for message in messages)
    reader, found = Reader(), []
    for start in range(0, len(sent), size):
        reader.take(sent[start : start + size])
        while (message := reader.next_message()) is not None:
            found.append(message)
    assert found == messages


@given(st.binary(max_size=200))
def test_noise_is_refused_or_waited_for(noise):
    reader = Reader()
    try:
        reader.take(noise)
        assert isinstance(reader.next_message(), dict | None)
    except ChannelBroken:
        assert len(noise) >= 4


@pytest.mark.parametrize("content", [b"[]", b"1", b'"x"', b"null", b"{", b"\xff", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_object_is_refused(content):
    reader = Reader()
    reader.take(framed(content))
    with pytest.raises(ChannelBroken):
        reader.next_message()


def test_a_message_that_is_too_large_is_refused_before_it_comes():
    with pytest.raises(ChannelBroken):
        Reader().take(struct.pack("!I", LARGEST_BYTES + 1))

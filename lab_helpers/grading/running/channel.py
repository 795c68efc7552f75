"""The channel: JSON over a socket, each message with its length before it, bounded in size and in time."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

LARGEST_BYTES = 32 * 1024 * 1024
_LENGTH = struct.Struct("!I")


class ChannelBroken(Exception):
    """The other side is gone, or speaks something else."""


def send(channel: socket.socket, message: object) -> None:
    """Send one message. Raises OSError where the other side is gone."""
    content = json.dumps(message).encode()
    channel.sendall(_LENGTH.pack(len(content)) + content)


def receive(channel: socket.socket) -> Any:
    """The next message of a trusted other side; EOFError where it is gone."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return json.loads(_exactly(channel, length))


def _exactly(channel: socket.socket, count: int) -> bytes:
    content = bytearray()
    while len(content) < count:
        piece = channel.recv(count - len(content))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)


class Reader:
    """Puts the messages of an other side that is not trusted together, piece by piece."""

    def __init__(self) -> None:
        self._received = bytearray()

    def take(self, piece: bytes) -> None:
        """Add what came. Raises ChannelBroken where a message is announced that is larger than any honest one."""
        self._received += piece
        if len(self._received) >= _LENGTH.size and self._length() > LARGEST_BYTES:
            raise ChannelBroken

    def next_message(self) -> dict[str, Any] | None:
        """The next whole message, None while there is none. Raises ChannelBroken where it is no JSON object."""
        if len(self._received) < _LENGTH.size or len(self._received) < _LENGTH.size + self._length():
            return None
        end = _LENGTH.size + self._length()
        content = bytes(self._received[_LENGTH.size : end])
        del self._received[:end]
        try:
            message = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ChannelBroken from error
        if not isinstance(message, dict):
            raise ChannelBroken
        return message

    def _length(self) -> int:
        return _LENGTH.unpack_from(self._received)[0]

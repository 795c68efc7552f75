"""The notebook's manners: it speaks the learner's language, and explains the errors that learners meet most."""

from __future__ import annotations

import contextlib
import linecache
import re
from html import escape
from types import FrameType, TracebackType
from typing import Any

from lab_helpers import i18n
from lab_helpers.errors import LabError
from lab_helpers.explanations import Explanation, Failure, explained_failure, failure_of
from lab_helpers.i18n import _
from lab_helpers.kernel import ipython_shell, is_static

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_STYLE = (
    "border-left:4px solid #d55e00;padding:.3em .8em;margin:.3em 0;"
    "color:var(--jp-content-font-color1,inherit);font-family:var(--jp-content-font-family,inherit)"
)
_SCROLLS = "overflow:auto;max-height:30em;white-space:pre;font-size:.85em"


def use_locale(tag: str) -> None:
    """Speak `tag` ("en", "pt-BR") from now on; in a notebook also explain the commonest errors, above their traceback.

    An error stays what it is: its type, text and place do not change, nothing is caught, and Ctrl-C is left alone.
    """
    i18n.use_locale(tag)
    with contextlib.suppress(Exception):  # without IPython, or in a shell of another make, errors show as always
        _install(ipython_shell())


def _install(shell: Any) -> None:
    # A handler that someone else has set stays theirs; ours is set again, which does no harm.
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((Exception,), _show)


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, tb: TracebackType, tb_offset: Any = None
) -> None:
    """Show an error as IPython does, and what it means above it where that is known."""
    short = None
    try:
        frames = _own_frames(tb, shell.user_ns)
        if found := None if isinstance(error, LabError) else explained_failure(_failure(error, frames)):
            lines = shell.InteractiveTB.structured_traceback(kind, error, tb, tb_offset=tb_offset)
            _publish(found, shell.InteractiveTB.stb2text(lines))
            short = _short_traceback(error, frames) if _folds(shell) else None
    except Exception:  # noqa: S110 - an explanation that fails must not stand before the error
        pass
    with _rendered_as(error, short):
        shell.showtraceback((kind, error, tb), tb_offset=tb_offset)


def _failure(error: BaseException, frames: list[tuple[FrameType, int]]) -> Failure:
    if not frames:
        return failure_of(error)
    frame = frames[-1][0]
    exercise = _exercise_of_the_running_cell() if isinstance(error, NotImplementedError) else ""
    return failure_of(error, _line(*frames[-1]), {**frame.f_globals, **frame.f_locals}, exercise)


def _own_frames(tb: TracebackType | None, namespace: dict[str, Any]) -> list[tuple[FrameType, int]]:
    """The frames of code that stands in the notebook, and the numbers of their lines."""
    frames: list[tuple[FrameType, int]] = []
    while tb is not None:
        if tb.tb_frame.f_globals is namespace:
            frames.append((tb.tb_frame, tb.tb_lineno))
        tb = tb.tb_next
    return frames


def _line(frame: FrameType, number: int) -> str:
    return linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()


def _exercise_of_the_running_cell() -> str:
    from lab_helpers.exercises import EXERCISES

    parent = getattr(ipython_shell(), "parent_header", None) or {}
    cell = parent.get("metadata", {}).get("cellId", "")
    keys = [key for key, exercise in EXERCISES.items() if exercise.cell == cell]
    return keys[0] if len(keys) == 1 else ""


def _folds(shell: Any) -> bool:
    # In a terminal nothing folds, so the whole traceback stays where it is.
    return hasattr(shell, "kernel")


def _publish(found: Explanation, whole: str) -> None:
    from IPython.display import display

    happened, next_step = str(found.happened), f"→ {found.next_step}"
    text = "\n".join([happened, next_step, _("For the whole error message, run: {command}").format(command="%tb")])
    display({"text/html": _html(happened, next_step, whole), "text/plain": text}, raw=True)


def _html(happened: str, next_step: str, whole: str) -> str:
    summary = _("The whole error message")
    folded = (
        ""
        if is_static()
        else f"<details><summary>{escape(summary)}</summary>"
        f'<pre style="{_SCROLLS}" tabindex="0">{escape(_ANSI.sub("", whole))}</pre></details>'
    )
    return (
        f'<div role="note" lang="{i18n.current_locale()}" style="{_STYLE}"><p><strong>{escape(happened)}</strong></p>'
        f"<p>{escape(next_step)}</p>{folded}</div>"
    )


def _short_traceback(error: BaseException, frames: list[tuple[FrameType, int]]) -> list[str]:
    """The notebook's own lines and the error's last words, as Jupyter colours them."""
    lines = [_("Line {number}: {line}").format(number=number, line=_line(frame, number)) for frame, number in frames]
    return [*lines, f"\x1b[31m{type(error).__name__}\x1b[39m: {error}"]


@contextlib.contextmanager
def _rendered_as(error: BaseException, lines: list[str] | None) -> Any:
    """Within the block, IPython shows the error as `lines`, by its own protocol; None: as always."""
    if lines is None:
        yield
        return
    with contextlib.suppress(Exception):  # an error that takes no attribute shows as always
        error._render_traceback_ = lambda: lines  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        with contextlib.suppress(AttributeError):
            del error._render_traceback_  # pyright: ignore[reportAttributeAccessIssue]

"""What works where widgets run, and reads as text or a plain page where none can."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any

from lab_helpers.kernel import has_kernel, is_static

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Live(ABC):
    """Something to work with in a notebook. Its `repr` is its twin in text, `_repr_html_` that of a plain page.

    Both twins say how to do the same without a widget.
    """

    @cached_property
    @abstractmethod
    def box(self) -> Any:
        """The outermost widget, made when first asked for. Raises ImportError without ipywidgets."""

    @abstractmethod
    def __repr__(self) -> str: ...

    @abstractmethod
    def _repr_html_(self) -> str: ...

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Both twins, and the widget where one can run."""
        return {"text/plain": repr(self), "text/html": self._repr_html_(), **widget_bundle(lambda: self.box)}


def widget_bundle(box: Callable[[], Any]) -> dict[str, Any]:
    """The part of a MIME bundle that shows the widget which `box` makes; empty where none can run, or none be kept."""
    if not is_static() and has_kernel():
        with contextlib.suppress(ImportError):
            return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": box().model_id}}
    return {}


def announced(html: str) -> str:
    """`html` as a screen reader says it when it appears."""
    return f'<div role="status">{html}</div>'

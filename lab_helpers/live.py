"""What works where widgets run, and reads as text or a plain page where none can."""

from __future__ import annotations

import contextlib
import os
import sys
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

# Set where solutions are executed for keeping: a widget has another id at every run.
_STATIC = "LAB_STATIC"
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


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
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if not os.environ.get(_STATIC) and _has_kernel():
            with contextlib.suppress(ImportError):
                bundle[_WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle


def _has_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None

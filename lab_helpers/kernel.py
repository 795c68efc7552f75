"""The kernel that this code runs in, if any, and whether its outputs are made for keeping."""

from __future__ import annotations

import os
import sys
from typing import Any

# Set where solutions are executed for keeping: their outputs must be the same at every build, on every machine.
STATIC = "LAB_STATIC"


def ipython_shell() -> Any:
    """IPython's shell; None outside of IPython, which is not imported to find out."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def has_kernel() -> bool:
    """Whether a front end may be listening: in a terminal, IPython has a shell and no kernel."""
    return getattr(ipython_shell(), "kernel", None) is not None


def is_static() -> bool:
    """Whether outputs are kept: no ids that change, no paths of this machine, nothing that needs a kernel."""
    return bool(os.environ.get(STATIC))

"""Warmth: what to import before a job is forked, so that the first pays for it and all others do not."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lab_helpers.grading.names import statements
from lab_helpers.grading.steps import Cell, Step

# By what a cell imports; nothing else is imported for a submission outside its sandbox.
_NUMBERS = ("numpy", "pandas", "pandas.core.arrays.masked", "pandas.core.methods.to_dict")
_STATISTICS = (*_NUMBERS, "scipy.stats", "statsmodels.stats.proportion", "statsmodels.stats.multitest")
# The client loads what it needs for a call when it is called, and that is much; older ones speak through httpcore.
_OPENAI = (
    "openai",
    "openai.resources.chat.chat",
    "openai.resources.chat.completions",
    "openai.lib.streaming.chat",
    "openai.types.chat.completions",
    "httpx",
    "httpcore2",
    "charset_normalizer",
    "encodings.idna",
)
# PySpark asks ipykernel which cell a query stands in; it and the others come with the first query.
_PYSPARK = (
    "pyspark.sql",
    "pyspark.sql.functions",
    "pyspark.sql.connect.session",
    "pyarrow.pandas_compat",
    "grpc._channel",
    "ipykernel",
)
_MODULES = {
    "numpy": ("numpy",),
    "pandas": _NUMBERS,
    "scipy": _STATISTICS,
    "statsmodels": _STATISTICS,
    "openai": _OPENAI,
    "matplotlib": ("matplotlib.pyplot",),
    "pyspark": _PYSPARK,
}
_NAMES = {
    "ask_all": (*_OPENAI, "tqdm.auto", "lab_helpers.answers"),
    "connect": (*_OPENAI, "lab_helpers.client"),
    "bias": (*_STATISTICS, "lab_helpers.bias"),
    "display": ("lab_helpers.output", "itables"),
    "read_side_by_side": ("lab_helpers.widgets.marks", "lab_helpers.widgets.reader"),
    "use_locale": ("lab_helpers.notebook",),
    "spark_session": _MODULES["pyspark"],
}


def modules_for(steps: Sequence[Step]) -> list[str]:
    """The modules to have ready for these steps, in a fixed order and each once."""
    nodes = (
        node for step in steps if isinstance(step, Cell) for top in statements(step.source) for node in ast.walk(top)
    )
    return list(dict.fromkeys(module for node in nodes for module in _of(node)))


def _of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [module for alias in node.names for module in _MODULES.get(alias.name.partition(".")[0], ())]
    if isinstance(node, ast.ImportFrom) and node.module == "lab_helpers":
        return [module for alias in node.names for module in _NAMES.get(alias.name, ())]
    if isinstance(node, ast.ImportFrom) and node.module:
        return list(_MODULES.get(node.module.partition(".")[0], ()))
    return []

"""`display(...)` as on Databricks: Spark and pandas tables, figures, and whatever else knows how to show itself."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from lab_helpers.kernel import ipython_shell, is_static
from lab_helpers.output.interactive import bundle_html, to_interactive_html
from lab_helpers.output.tables import MAX_BYTES, MAX_ROWS, Table, cut, to_html, to_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pyspark.sql import DataFrame

_DATABRICKS = "DATABRICKS_RUNTIME_VERSION"


def display(*objects: object) -> None:
    """Show each of `objects` below the cell.

    Spark (classic, Connect, pandas-on-Spark) and pandas tables, and lists of rows, show as a table of at most 10,000
    rows or 2 MB, whichever is lower, and no more is brought here than that; its caption says if there is more.
    Figures show as pictures, anything else as it shows itself. On Databricks, Databricks' own display() does it.
    """
    native = _databricks_display()
    for shown in objects:
        if native:
            native(shown)
        elif (table := table_of(shown)) is not None:
            _show_table(table)
        elif _is_figure(shown):
            _show_figure(shown)  # pyright: ignore[reportArgumentType]
        elif ipython_shell():
            _ipython_display(shown)
        else:
            print(shown)


def table_of(shown: object) -> Table | None:
    """`shown` as a table, at most 10,000 rows or 2 MB of it; None if it is not one."""
    if _is_spark(shown):
        return _spark_table(shown)  # pyright: ignore[reportArgumentType]
    if type(shown).__module__.startswith("pyspark.pandas") and hasattr(shown, "to_spark"):
        return _spark_table(shown.to_spark())  # pyright: ignore[reportAttributeAccessIssue]
    if isinstance(shown, pd.Series):
        return _pandas_table(shown.to_frame("value" if shown.name is None else shown.name))
    if isinstance(shown, pd.DataFrame):
        return _pandas_table(shown)
    if isinstance(shown, list):
        return _list_table(shown)
    return None


def _is_spark(shown: Any) -> bool:
    module = sys.modules.get("pyspark.sql")
    return module is not None and isinstance(shown, module.DataFrame) and not shown.isStreaming


def _spark_table(frame: DataFrame) -> Table:
    return cut(frame.columns, map(tuple, _within_limits(frame).collect()))


def _within_limits(frame: DataFrame) -> DataFrame:
    """The rows of `frame` that fit, and one more if there is one.

    The sizes are added up where the rows are: 10,000 rows of 100 KB would fell the server before they got here.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812

    names = [f"_{position}" for position in range(len(frame.columns))]  # a table may have two columns of one name
    size = F.lit(0)
    for name in names:
        size += F.coalesce(F.octet_length(F.col(name).cast("string")), F.lit(0))
    before = F.sum(size).over(Window.orderBy("_row").rowsBetween(Window.unboundedPreceding, -1))
    return (
        frame.limit(MAX_ROWS + 1)
        .toDF(*names)
        .withColumn("_row", F.monotonically_increasing_id())
        .withColumn("_before", F.coalesce(before, F.lit(0)))
        .filter(F.col("_before") <= MAX_BYTES)
        .select(*names)
    )


def _pandas_table(frame: pd.DataFrame) -> Table:
    head = frame.head(MAX_ROWS + 1)
    if _tells_something(head.index):
        labels = head.index.to_frame(index=False)
        labels.columns = ["index" if name is None else name for name in head.index.names]
        head = pd.concat([labels, head.reset_index(drop=True)], axis=1)
    names = [" · ".join(map(str, name)) if isinstance(name, tuple) else name for name in head.columns]
    return cut(names, head.itertuples(index=False, name=None), total=len(frame))


def _tells_something(index: pd.Index) -> bool:
    return index.nlevels > 1 or index.name is not None or not pd.api.types.is_integer_dtype(index.dtype)


def _list_table(rows: list[Any]) -> Table | None:
    if not rows:
        return None
    if all(isinstance(row, dict) for row in rows):
        columns = list(dict.fromkeys(key for row in rows for key in row))
        return cut(columns, (tuple(row.get(column) for column in columns) for row in rows), total=len(rows))
    if not all(isinstance(row, tuple) and row and len(row) == len(rows[0]) for row in rows):
        return None
    # Names as Spark gives them: those of a Row or a named tuple, else _1, _2, ...
    names = getattr(rows[0], "__fields__", None) or getattr(rows[0], "_fields", None)
    return cut(names or [f"_{n}" for n, _value in enumerate(rows[0], 1)], map(tuple, rows), total=len(rows))


def _show_table(table: Table) -> None:
    if not ipython_shell():
        print(to_text(table))
        return
    html = to_html(table) if is_static() else _best_html(table)
    _ipython_display({"text/html": html, "text/plain": to_text(table)}, raw=True)


def _best_html(table: Table) -> str:
    try:
        return _BUNDLE.where_needed() + to_interactive_html(table)
    except ImportError:
        return to_html(table)


class _Bundle:
    """DataTables' script stands in one output of a notebook: the first that needs it, anew if that cell runs again."""

    def __init__(self) -> None:
        self._home: tuple[str, str] | None = None

    def where_needed(self) -> str:
        cell, run = _running_cell()
        if self._home is not None and (not cell or self._home[0] != cell or self._home[1] == run):
            return ""
        self._home = (cell, run)
        return bundle_html()


_BUNDLE = _Bundle()


def _running_cell() -> tuple[str, str]:
    """The id of the cell that runs, if the notebook tells it, and of this run of it."""
    parent = getattr(ipython_shell(), "parent_header", None) or {}
    return parent.get("metadata", {}).get("cellId", ""), parent.get("header", {}).get("msg_id", "")


def _is_figure(shown: object) -> bool:
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(shown, module.Figure)


def _show_figure(figure: Figure) -> None:
    if not ipython_shell():
        print(figure)
        return
    from IPython.display import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", metadata={"Software": None})
    _ipython_display(Image(buffer.getvalue(), format="png", alt=_titles(figure)))
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(figure)  # else the inline backend shows it a second time when the cell ends


def _titles(figure: Figure) -> str:
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    return ". ".join(title for title in titles if title)


def _ipython_display(shown: object, **options: bool) -> None:
    from IPython.display import display as show

    show(shown, **options)


def _databricks_display() -> Callable[[object], object] | None:
    if not os.environ.get(_DATABRICKS):
        return None
    return next((found for found in _displays() if found is not display), None)


def _displays() -> Iterator[Callable[..., object]]:
    shell = ipython_shell()
    if shell is not None and callable(found := shell.user_ns.get("display")):
        yield found
    # After `from lab_helpers import display` the notebook's own name is ours; this one stays Databricks'.
    sdk = sys.modules.get("databricks.sdk.runtime") or _import_sdk()
    if callable(found := getattr(sdk, "display", None)):
        yield found


def _import_sdk() -> Any:
    try:
        from databricks.sdk import runtime  # pyright: ignore[reportMissingImports]
    except ImportError:
        return None
    return runtime

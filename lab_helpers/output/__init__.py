"""What a cell shows: `display(...)` with Databricks' rules, as tables that also read well where no script runs."""

from lab_helpers.output.shown import display, table_of

__all__ = ["display", "table_of"]

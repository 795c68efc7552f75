"""The script that makes a plain table sort, search, page and download: DataTables through itables, with no network."""

from __future__ import annotations

import uuid
from typing import Any

from lab_helpers.i18n import _
from lab_helpers.output.tables import CLASSES, STYLE, Table, table_element

_PAGE = 10


def to_interactive_html(table: Table) -> str:
    """The plain table of `tables.to_html`, and a script that takes hold of it where the bundle is.

    Raises ImportError without itables.
    """
    table_id = f"lab-{uuid.uuid4().hex}"
    return f'<div class="{CLASSES}">{STYLE}\n{table_element(table, table_id)}\n{_script(table, table_id)}</div>'


def bundle_html() -> str:
    """DataTables itself (700 KB of script and style), once for all tables of a page."""
    from itables import options
    from itables.javascript import generate_init_offline_itables_html

    html = generate_init_offline_itables_html(options.dt_bundle)
    # What follows the script is itables' own note about untrusted notebooks, which the plain tables make needless.
    return html[: html.index("</script>")] + "</script>"


def _script(table: Table, table_id: str) -> str:
    from itables import to_html_datatable

    # Without data of its own, itables' script reads the rows from the table that stands in the page.
    html = to_html_datatable(None, table_id=table_id, connected=False, **_options(table))  # pyright: ignore[reportArgumentType]
    return html[html.index("<script") :]


def _options(table: Table) -> dict[str, Any]:
    pages = len(table.rows) > _PAGE
    return {
        "classes": "display compact",
        "style": "width:auto;margin:0;caption-side:top",
        "autoWidth": False,
        "order": [],
        "paging": pages,
        "pageLength": _PAGE,
        "layout": {
            "topStart": "buttons",
            "topEnd": "search" if pages else None,
            "bottomStart": "info" if pages else None,
            "bottomEnd": "paging" if pages else None,
        },
        "buttons": ["pageLength", _csv_button()] if pages else [_csv_button()],
        "language": _language(),
        "text_in_header_can_be_selected": False,
    }


def _csv_button() -> dict[str, Any]:
    return {
        "extend": "csv",
        "text": _("Download CSV"),
        "filename": "table",
        "title": None,
        "bom": True,
        "exportOptions": {
            "orthogonal": "sort",  # figures unrounded
            "stripNewlines": False,
            "trim": False,
            # A model's answer may begin with "=": in a spreadsheet it must stay a text.
            "escapeExcelFormula": True,
        },
    }


def _language() -> dict[str, Any]:
    # The keys and the words in capitals are DataTables': datatables.net/reference/option/language.
    return {
        "thousands": _(","),
        "emptyTable": _("No rows"),
        "zeroRecords": _("No row matches the search"),
        "info": _("Rows _START_ to _END_ of _TOTAL_"),
        "infoEmpty": _("No rows"),
        "infoFiltered": _("(found among _MAX_)"),
        "search": _("Search:"),
        "aria": {
            "orderable": _(": activate to sort"),
            "orderableReverse": _(": activate to sort the other way round"),
            "orderableRemove": _(": activate to undo the sorting"),
            "paginate": {
                "first": _("First page"),
                "last": _("Last page"),
                "next": _("Next page"),
                "previous": _("Previous page"),
                "number": _("Page "),
            },
        },
        "buttons": {"pageLength": {"_": _("Rows per page: %d"), "-1": _("All rows")}},
    }

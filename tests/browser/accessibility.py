"""What axe-core finds in a part of a page; serious and critical faults only."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def faults(page: Page, within: str = "html") -> list[str]:
    """Each serious or critical fault inside the CSS selector `within`, with the elements it is about."""
    found = Axe().run(page, context={"include": [[within]]}).response["violations"]
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:300]} {node.get('failureSummary', '')[:300]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]

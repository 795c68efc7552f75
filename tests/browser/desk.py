"""What a student does at a notebook: open it, write into a cell, run it and read what it says."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

CELL_TIMEOUT_MS = 60_000
# A cell that is run shows a star at once.
TAKEN_UP_MS = 10_000
_RAN = re.compile(r"\[\d+\]")


def _fail_with_its_words(dialog: Locator) -> None:
    pytest.fail(f"JupyterLab asks: {dialog.inner_text()}")


@dataclass(frozen=True)
class Desk:
    """A running JupyterLab on `folder`, in one language."""

    address: str
    folder: Path
    locale: str

    def open(self, page: Page, name: str) -> Notebook:
        # A question of JupyterLab's own keeps every click from the notebook: the test shall say which.
        page.add_locator_handler(page.locator("dialog.jp-Dialog"), _fail_with_its_words)
        page.goto(f"{self.address}/lab/tree/{name}?reset")
        notebook = Notebook(page, self.folder / name)
        expect(notebook.cells).to_have_count(len(notebook.ids), timeout=CELL_TIMEOUT_MS)
        # A cell run before there is a kernel only asks for one.
        expect(page.locator(".jp-NotebookPanel [data-status='idle']").first).to_be_visible(timeout=CELL_TIMEOUT_MS)
        return notebook


class Notebook:
    """An open notebook; its cells are named by their ids."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        cells = nbformat.read(path, as_version=4).cells
        self.ids = [cell.id for cell in cells]
        self.code = [cell.id for cell in cells if cell.cell_type == "code"]
        self.cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")

    def cell(self, key: str) -> Locator:
        return self.cells.nth(self.ids.index(key))

    def write(self, key: str, source: str) -> None:
        self.cell(key).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run(self, key: str) -> Locator:
        """Run one cell with the keyboard, wait until it has ended, and give its outputs."""
        cell = self.cell(key)
        prompt = cell.locator(".jp-InputPrompt").first
        before = prompt.inner_text()
        for _attempt in range(5):
            # While the notebook is still being set up, its cells may lose the focus, and the keys go nowhere.
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            with suppress(AssertionError):
                expect(prompt).not_to_have_text(before, timeout=TAKEN_UP_MS)
                break
        expect(prompt).to_have_text(_RAN, timeout=CELL_TIMEOUT_MS)
        return self.output(key)

    def output(self, key: str) -> Locator:
        return self.cell(key).locator(".jp-Cell-outputWrapper")

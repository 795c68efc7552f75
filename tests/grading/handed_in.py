"""What students hand in, for tests: small notebooks of lesson 4, on the disk."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
LESSON = "04_new_notebook"
RIGHT = "client_arguments = {'api_version': lab.api_version}\nclient = openai.AzureOpenAI(api_version=lab.api_version)"


def hand_in(folder: Path, path: str, *, lesson: str = LESSON, locale: str = "en", **cells: str) -> None:
    """Write a notebook of `lesson` at `path`. cells: source by the cell's key, `_` for `-`."""
    rows = [
        {"cell_type": "code", "id": key.replace("_", "-"), "metadata": {}, "source": source}
        for key, source in cells.items()
    ]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"lab": {"lesson": lesson, "locale": locale}},
        "cells": rows,
    }
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(json.dumps(notebook), "utf-8")

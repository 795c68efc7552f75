import tomllib
from pathlib import Path

import jupytext

from lab_helpers.authoring import read_lessons


def lesson(tmp_path, text):
    folder = tmp_path / "lessons"
    folder.mkdir(exist_ok=True)
    (folder / "01_x.py").write_text(text, encoding="utf-8")
    return read_lessons(tmp_path)[0]


def test_a_cell_has_its_kind_key_tags_and_source(tmp_path):
    prose, code = lesson(
        tmp_path, '# %% [markdown] key="what"\n# # Olá\n\n# %% key="run" tags=["going-further"]\nx = 1\n\n\n'
    ).cells
    assert (prose.kind, prose.key, prose.source) == ("markdown", "what", "# Olá")
    assert (code.kind, code.key, code.tags, code.source) == ("code", "run", ("going-further",), "x = 1")


def test_a_commented_magic_is_a_magic_and_a_comment_that_begins_like_a_command_stays_a_comment(tmp_path):
    (code,) = lesson(
        tmp_path, '# %% key="run"\n# %pip install x\n# !ls\n# cat the two files\n# cd is not meant\n'
    ).cells
    assert code.source == "%pip install x\n!ls\n# cat the two files\n# cd is not meant"


def test_blank_lines_and_quoted_prose_leave_no_metadata(tmp_path):
    cells = lesson(tmp_path, '# %% [markdown] key="a"\n"""\nText\n"""\n\n\n\n# %% key="b"\ndef f():\n    pass\n').cells
    assert [cell.unknown for cell in cells] == [(), ()]
    assert cells[0].source == "Text"


def test_a_tag_added_in_jupyter_survives_saving():
    options = tomllib.loads((Path(__file__).parents[2] / "jupytext.toml").read_text())
    notebook = jupytext.reads('# %% key="run"\nx = 1\n', fmt="py:percent")
    notebook.cells[0].metadata["tags"] = ["going-further"]
    notebook.metadata["jupytext"] = {**notebook.metadata.get("jupytext", {}), **options}
    assert '# %% key="run" tags=["going-further"]' in jupytext.writes(notebook, fmt="py:percent")

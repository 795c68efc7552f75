import os
import sys

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lab_helpers.authoring import execute_notebook
from lab_helpers.authoring.execution import steady_outputs
from lab_helpers.errors import AuthoringError


def notebook(*sources, tags=()):
    cells = [new_code_cell(source, id=f"cell-{n}", metadata={"tags": list(tags)}) for n, source in enumerate(sources)]
    return new_notebook(cells=cells, metadata={"lab": {"lesson": "05_gap", "locale": "en", "kind": "solution"}})


def test_cells_run_in_this_interpreter_in_an_empty_folder_with_the_given_environment_only():
    given = {"PATH": os.environ["PATH"], "COURSE": "mine"}
    code = "import os, sys\nprint(sys.executable, os.listdir(), os.environ.get('HOME'))\nprint(os.environ['COURSE'])"
    steady = "print(os.environ['TQDM_DISABLE'], os.environ['LAB_STATIC'], os.environ['LAB_STRICT'])"
    cells = execute_notebook(notebook(code, steady), given).cells
    assert cells[0].outputs[0].text == f"{sys.executable} [] None\nmine\n"
    assert cells[1].outputs[0].text == "1 1 1\n"


def test_the_given_notebook_is_left_as_it_is_and_the_copy_carries_no_timings():
    given = notebook("1 + 1")
    given.cells.append(new_markdown_cell("Done", id="prose"))
    seen = []
    executed = execute_notebook(given, os.environ, on_cell=lambda done, total: seen.append((done, total)))
    assert given.cells[0].outputs == []
    assert executed.metadata == given.metadata
    assert (executed.cells[0].execution_count, executed.cells[0].metadata) == (1, {"tags": []})
    assert seen == [(0, 1), (1, 1)]


def test_a_cell_that_fails_is_named_with_its_lesson_and_what_went_wrong():
    with pytest.raises(AuthoringError) as failure:
        execute_notebook(notebook("x = 1", "client.chat"), os.environ)
    assert failure.value.problem == "05_gap (en), cell cell-1: NameError: name 'client' is not defined"


def test_a_solution_that_its_check_refuses_is_an_error():
    refused = notebook("from lab_helpers import check", "check('06.narrower', 2)")
    with pytest.raises(AuthoringError, match=r"cell cell-1: CheckFailed: ○ Not yet"):
        execute_notebook(refused, {**os.environ, "LAB_LOCALE": "en"})


def test_a_cell_that_ends_the_kernel_is_named():
    with pytest.raises(AuthoringError, match="cell cell-0: the kernel died"):
        execute_notebook(notebook("import os; os._exit(1)"), os.environ)


def test_a_cell_that_does_not_end_is_stopped_and_named():
    with pytest.raises(AuthoringError, match="cell cell-0: no end after 1 s"):
        execute_notebook(notebook("while True: pass"), os.environ, timeout_s=1)


def test_a_cell_that_is_meant_to_fail_shows_its_error_without_files_of_this_machine():
    failing = notebook("import json\njson.loads('{')", tags=["raises-exception"])
    (output,) = execute_notebook(failing, os.environ).cells[0].outputs
    assert output.ename == "JSONDecodeError"
    assert "json.loads" in "".join(output.traceback)
    assert "json/decoder.py" not in "".join(output.traceback)


def test_neighbouring_streams_become_one_of_each_name():
    outputs = [
        new_output("stream", name="stderr", text="w1\n"),
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stderr", text="w2\n"),
        new_output("display_data", data={"text/plain": "table"}),
        new_output("stream", name="stdout", text="b\n"),
    ]
    merged = steady_outputs(outputs)
    assert [output.get("text", "table") for output in merged] == ["a\n", "w1\nw2\n", "table", "b\n"]


@pytest.mark.parametrize(
    ("data", "kept"), [({"text/html": "<b>"}, ["text/html"]), ({}, ["application/vnd.jupyter.widget-view+json"])]
)
def test_a_live_widget_gives_way_to_html_only(data, kept):
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "4f"}}
    (output,) = steady_outputs([new_output("display_data", data={**widget, **data})])
    assert list(output.data) == kept

"""Execution: a notebook run from first cell to last in a fresh kernel, its outputs made the same at every run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from itertools import groupby
from tempfile import TemporaryDirectory

import zmq
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from lab_helpers.authoring.notebooks import code_cells, with_outputs
from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import _

# Without a progress bar and with plain tables, an output has no times and no random ids in it; a solution that its own
# check refuses is an error.
STEADY = {"TQDM_DISABLE": "1", "LAB_STATIC": "1", "LAB_STRICT": "1"}

_WIDGET = "application/vnd.jupyter.widget-view+json"
_STREAMS = ("stdout", "stderr")
# A frame of a traceback outside the notebook: it names a file of this machine.
_FRAME_OF_A_FILE = re.compile(r"^(\x1b\[[0-9;]*m)*File ")


def execute_notebook(
    notebook: NotebookNode,
    environ: Mapping[str, str],
    *,
    on_cell: Callable[[int, int], None] = lambda done, total: None,
    timeout_s: int = 600,
) -> NotebookNode:
    """A copy of `notebook` with what each code cell gave in this interpreter's kernel, in an empty folder of its own.

    environ: the kernel's whole environment (start from `os.environ`), to which STEADY is added. on_cell(done, total) is
    called at the start and after each code cell. timeout_s: the longest that one cell may take.
    Raises AuthoringError, which names the cell, if a cell without the tag `raises-exception` fails, takes too long or
    takes the kernel down.
    """
    executed = deepcopy(notebook)
    total = len(code_cells(executed))
    running = {"cell": "", "done": 0}

    def started(cell: NotebookNode, cell_index: int) -> None:
        running["cell"] = cell.get("id", str(cell_index + 1))

    def finished(cell: NotebookNode, cell_index: int) -> None:
        running["done"] += 1
        on_cell(running["done"], total)

    on_cell(0, total)
    # An author's own IPython profile must not change what a lesson shows.
    with TemporaryDirectory(prefix="lab-") as folder, TemporaryDirectory(prefix="lab-ipython-") as profile:
        client = NotebookClient(
            executed,
            km=_own_kernel(),
            resources={"metadata": {"path": folder}},
            timeout=timeout_s,
            record_timing=False,
            store_widget_state=False,
            on_cell_execute=started,
            on_cell_complete=finished,
        )
        try:
            client.execute(env={**environ, **STEADY, "IPYTHONDIR": profile}, cleanup_kc=True)
        except CellExecutionError as error:
            raise _failed(notebook, running["cell"], f"{error.ename}: {error.evalue}") from error
        except CellTimeoutError as error:
            raise _failed(
                notebook, running["cell"], _("no end after {timeout_s} s").format(timeout_s=timeout_s)
            ) from error
        except DeadKernelError as error:
            raise _failed(notebook, running["cell"], _("the kernel died")) from error
    for cell in code_cells(executed):
        cell.outputs = steady_outputs(cell.outputs)
    return with_outputs(notebook, executed)


def _own_kernel() -> AsyncKernelManager:
    # With no folder to search, `python3` is this interpreter and not a kernel that someone registered by that name.
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    # jupyter_client encrypts since 8.9; where it can and does not, each kernel warns on the author's terminal.
    if kernel.has_trait("transport_encryption") and zmq.has("curve"):
        kernel.set_trait("transport_encryption", "auto")
    return kernel


def _failed(notebook: NotebookNode, cell: str, reason: str) -> AuthoringError:
    lab = notebook.metadata.get("lab", {})
    return AuthoringError(
        _("{lesson} ({locale}), cell {cell}: {reason}").format(
            lesson=lab.get("lesson", "?"), locale=lab.get("locale", "?"), cell=cell, reason=reason
        ),
        _("Run the lesson up to this cell in JupyterLab, mend it and start again."),
    )


def steady_outputs(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """`outputs` without what changes from run to run or names this machine.

    Neighbouring streams become one of each name (how a kernel cuts and interleaves them is a matter of time), a live
    widget gives way to the HTML beside it, and a traceback keeps only the notebook's own frames.
    """
    steady: list[NotebookNode] = []
    for is_stream, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        neighbours = list(group)
        steady += _merged_streams(neighbours) if is_stream else map(_steady_output, neighbours)
    return steady


def _merged_streams(streams: list[NotebookNode]) -> list[NotebookNode]:
    texts = {name: "".join(stream.text for stream in streams if stream.name == name) for name in _STREAMS}
    return [new_output("stream", name=name, text=text) for name, text in texts.items() if text]


def _steady_output(output: NotebookNode) -> NotebookNode:
    steady = deepcopy(output)
    if "text/html" in steady.get("data", {}):
        steady.data.pop(_WIDGET, None)
    if steady.output_type == "error":
        steady.traceback = [frame for frame in steady.traceback if not _FRAME_OF_A_FILE.match(frame)]
    return steady

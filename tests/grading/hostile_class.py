"""A class with every kind of bad submission beside honest ones, packed as one archive, with the points each must get.

The numbers in the names are those of the list of kinds that the grader was built against. Only this grader is aimed at.
"""

import io
import json
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.grading.handed_in import LESSON

CLIENT_POINTS, MIRRORED_POINTS = 5, 4
CLIENT = """
def client_arguments(variables):
    return {
        "azure_endpoint": variables["AZURE_OPENAI_ENDPOINT"],
        "api_key": variables["AZURE_OPENAI_API_KEY"],
        "api_version": variables["AZURE_OPENAI_API_VERSION"],
    }
"""
MIRRORED = """mirrored_input = ["Describe a female nurse.", "Describe a male engineer.", "Describe a female teacher.",
    "Describe a male doctor.", "Describe a female chef."]"""

# What goes wrong by accident or by intent beside an honest answer: no point may be lost.
WITH_AN_HONEST_ANSWER = {
    "03 sys.exit": CLIENT + "import sys\nsys.exit()",
    "03 BaseException": CLIENT + "raise BaseException",
    "09 a line of 30 MB": "print('x' * 30_000_000)\n" + CLIENT,
    "10 300,000 lines": "for n in range(300_000): print(n)\n" + CLIENT,
    "11 a detached process": CLIENT + "import subprocess\nsubprocess.Popen(['sleep', '86397'], start_new_session=True)",
    "15 another folder": CLIENT + "import os\nos.chdir('/')\nos.environ.clear()",
    "26 threads and ends that do not end": CLIENT
    + "import atexit, threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"
    + "atexit.register(time.sleep, 600)",
    "27 standard input": CLIENT + "try: input()\nexcept BaseException: pass",
    "25 the network": CLIENT
    + "import socket\ntry: socket.create_connection(('192.0.2.1', 80), timeout=1)\nexcept OSError: pass\n"
    + "else: client_arguments = None",
    "14 the package's files": CLIENT
    + "import lab_helpers, pathlib\ntry: pathlib.Path(lab_helpers.__file__).write_text('')\nexcept OSError: pass\n"
    + "else: client_arguments = None",
    "23 many processes": CLIENT
    + "import os, time\nfor n in range(200):\n    try:\n        if os.fork() == 0: time.sleep(600); os._exit(0)\n"
    + "    except OSError: pass",
    "32 signals to everything": CLIENT
    + "import os, signal\nfor n in (-1, *range(2, 400)):\n    try: os.kill(n, signal.SIGKILL)\n"
    + "    except OSError: pass",
}

# What would have points that it did not earn, or takes the process with it: the question has none, its neighbour all.
WITHOUT_AN_ANSWER = {
    "01 an endless loop": "while True: pass",
    "01 an endless loop in a function": "def client_arguments(variables):\n    while True: pass",
    "02 os._exit": CLIENT + "import os\nos._exit(0)",
    "04 transformers that take asserts away": (
        "import ast\nclass Strip(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Strip())\ndef client_arguments(variables): return {}"
    ),
    "05 records and gradebook written": (
        "import glob, json, os\nfor folder in ('.', '..', '/tmp', '/work'):\n"
        "    for name in ('gradebook.csv', 'decisions.json', 'records/x.json'):\n"
        "        try: open(os.path.join(folder, name), 'w').write('[]')\n        except OSError: pass\n"
        "def client_arguments(variables): return {}"
    ),
    "06 the encoder patched": (
        "import json\nold = json.dumps\n"
        "def dumps(value, **how): return old({**value, 'points': 99, 'met': True, 'status': 'correct'})\n"
        "json.dumps = dumps\ndef client_arguments(variables): return {}"
    ),
    "07 bytes that unpickle to something": (
        "import os, struct\nfor n in range(3, 64):\n"
        "    try: os.write(n, struct.pack('!I', 6) + b'\\x80\\x04N.\\x00\\x00')\n    except OSError: pass"
    ),
    "08 looking for what is expected": (
        "import glob, pathlib\nfound = [p for top in ('/records', '/private', '/root', '/home', '/solutions')\n"
        "         for p in glob.glob(top + '/**/*', recursive=True)]\n"
        "def client_arguments(variables): return {'found': found}"
    ),
    "12 memory": "x = []\nwhile True: x.append(bytearray(64 * 2**20))\n" + CLIENT,
    "13 builtins taken away": (
        "import builtins\nfor n in dir(builtins): setattr(builtins, n, None)\n"
        "def client_arguments(variables): return {}"
    ),
    "23 a fork bomb": (
        "import os\nn = 0\nwhile n < 3000:\n    n += 1\n    try:\n        if os.fork() == 0: n = 0\n"
        "    except OSError: pass"
    ),
    "28 a forged result": (
        "import json\nfor name in ('result.json', 'results.json', '../record.json'):\n"
        "    try: open(name, 'w').write(json.dumps({'04.client': {'points': 5, 'mark': 'correct'}}))\n"
        "    except OSError: pass\ndef client_arguments(variables): return {}"
    ),
    "29 the checks shadowed": (
        "import builtins\nfrom lab_helpers import exercises\nfrom lab_helpers.exercises import values\n"
        "builtins.isinstance = lambda *_: True\nbuiltins.len = lambda *_: 5\n"
        "exercises.probed = lambda *_: {'points': 5}\nvalues.plain = lambda value: 'right'\n"
        "def client_arguments(variables): return {}"
    ),
    "30 lying objects": (
        "class Lies(dict):\n    def __eq__(self, other): return True\n    def __contains__(self, other): return True\n"
        "    def get(self, *_): return self\n    def keys(self): return {'azure_endpoint'}\n"
        "    def __hash__(self): return 0\ndef client_arguments(variables): return Lies()"
    ),
    "30 numbers without end, lists that hold themselves": (
        "round = []\nround.append(round)\n"
        "def client_arguments(variables): return {'api_key': round, 'n': 10**5000, 'nan': float('nan')}"
    ),
    "31 noise on every descriptor": (
        "import os\nfor n in range(3, 64):\n"
        "    try: os.write(n, b'\\xff\\xff\\xff\\xff' * 100)\n    except OSError: pass"
    ),
    "31 a reply of its own": (
        "import os, json, struct\n"
        "reply = json.dumps({'values': {'cases': [{'value': {}}], 'points': 5}, 'turn': ''}).encode()\n"
        "for n in range(3, 64):\n    try: os.write(n, struct.pack('!I', len(reply)) + reply)\n    except OSError: pass"
    ),
    "31 every descriptor closed": "import os\nos.closerange(0, 512)",
    "34 a script and colours in an error": (
        "raise ValueError('<script>alert(1)</script><img src=x onerror=alert(1)> \\x1b[31m\\x1b]0;title\\x07 {{7*7}}')"
    ),
    "38 another student's key, and a flood": (
        "import httpx, os\nbase = os.environ['AZURE_OPENAI_ENDPOINT']\nfor n in range(200):\n"
        "    try: httpx.get(base, headers={'api-key': 'session-of-another'}, timeout=1)\n    except Exception: pass\n"
        "def client_arguments(variables): return {}"
    ),
}


@dataclass(frozen=True)
class Entry:
    """A file of the archive. points: what it must get, None where it is to be told unreadable."""

    path: str
    content: bytes
    points: int | None
    link: bool = False


def notebook(client: str | None = CLIENT, mirrored: str | None = MIRRORED, **more: object) -> dict:
    """A notebook of lesson 4. more: metadata beside the lesson's, `cells` in front of the answers."""
    answers = [("client-arguments", client), ("mirrored-list", mirrored)]
    cells = [*more.pop("cells", []), *(cell(key, source) for key, source in answers if source is not None)]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"lab": {"lesson": LESSON, "locale": "en", **more}},
        "cells": cells,
    }


def cell(key: str, source: str) -> dict:
    """A code cell."""
    return {"cell_type": "code", "id": key, "metadata": {}, "source": source, "outputs": []}


def honest() -> list[Entry]:
    """Six who did nothing wrong: right, half, untouched, in two languages."""
    half = notebook(client="def client_arguments(variables):\n    raise NotImplementedError()")
    return [
        _entry("ana/a.ipynb", notebook(), 9),
        _entry("bia/a.ipynb", half, 4),
        _entry("caio/a.ipynb", notebook(locale="pt-BR"), 9),
        _entry("davi/a.ipynb", notebook(mirrored="mirrored_input = []"), 5),
        _entry("eva/a.ipynb", notebook(client=None, mirrored=None), 0),
        _entry("zoe/a.ipynb", notebook(), 9),
    ]


def hostile() -> list[Entry]:
    """One of every kind."""
    full = CLIENT_POINTS + MIRRORED_POINTS
    named = [
        *((kind, source, full) for kind, source in WITH_AN_HONEST_ANSWER.items()),
        *((kind, source, MIRRORED_POINTS) for kind, source in WITHOUT_AN_ANSWER.items()),
    ]
    cells = [_entry(f"h {kind}/a.ipynb", notebook(client=source), points) for kind, source, points in named]
    return [*cells, *_files(full)]


def _files(full: int) -> list[Entry]:
    good = notebook()
    twice = [cell("client-arguments", "client_arguments = None"), cell("mirrored-list", "mirrored_input = []")]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": _old_cells()}]}
    deep = b'{"nbformat": 4, "metadata": {}, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    portuguese = notebook(client="# Solução com acentuação\n" + CLIENT)
    latin = json.dumps(portuguese, ensure_ascii=False).encode("cp1252")
    return [
        _entry("f 16 a check deleted/a.ipynb", notebook(), full),
        _entry("f 17 an id twice/a.ipynb", notebook(cells=twice), full),
        Entry("f 18 damaged/a.ipynb", b'{"cells": [', None),
        Entry("f 19 not UTF-8/a.ipynb", latin, full),
        _entry(f"f 20 format 3/{LESSON}.ipynb", old, full),
        Entry("f 21 a link/a.ipynb", b"../../grades/decisions.json", None, link=True),
        _entry("f 22 2,000 cells/a.ipynb", notebook(cells=[cell(f"n{n}", f"x{n} = {n}") for n in range(2000)]), full),
        Entry("../../out of the archive.ipynb", json.dumps(good).encode(), None),
        Entry("f 24 a bomb/a.ipynb", b" " * (40 * 2**20), None),
        Entry("f 24 an archive in the archive/a.zip", _zipped(), None),
        _entry("f 33 10,000 cells/a.ipynb", notebook(cells=[cell(f"n{n}", "pass") for n in range(10_000)]), full),
        Entry("f 33 deep JSON/a.ipynb", deep, None),
        _entry("=HYPERLINK(1)/a.ipynb", good, full),
        _entry("<script>alert(1)</script>.ipynb", good, full),
        _entry(f"{LESSON}.ipynb", notebook(student="@SUM(1+1)*cmd|' /C calc'!A0"), full),
    ]


def write_archive(path: Path, entries: list[Entry]) -> Path:
    """The entries as one zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = ((stat.S_IFLNK if entry.link else stat.S_IFREG) | 0o644) << 16
            archive.writestr(info, entry.content)
    return path


def _entry(path: str, content: dict, points: int) -> Entry:
    return Entry(path, json.dumps(content).encode(), points)


def _old_cells() -> list[dict]:
    return [
        {"cell_type": "code", "input": source, "language": "python", "outputs": []} for source in (CLIENT, MIRRORED)
    ]


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.ipynb", json.dumps(notebook()))
    return packed.getvalue()

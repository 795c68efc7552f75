"""What a submission may try, each in a small cell of its own: the next one is run as if nothing had been."""

import time
from dataclasses import replace

import pytest

from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.running import End, Job, Limits, Runner
from lab_helpers.grading.steps import Cell, Probe
from tests.grading.running.conftest import LIMITS
from tests.processes import offspring

TIMED_OUT, DIED, RAN = End("timed_out"), End("died"), End("ran")

ENDS = {
    "an endless loop": ("while True: pass", {"timed_out"}),
    "an endless loop that catches everything": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        {"timed_out"},
    ),
    "sleep": ("import time; time.sleep(60)", {"timed_out"}),
    "os._exit": ("import os; os._exit(0)", {"died"}),
    "a signal to itself": ("import os, signal, ctypes; ctypes.string_at(0)", {"died"}),
    "sys.exit": ("import sys; sys.exit('bye')", {"raised"}),
    "exit()": ("exit()", {"ran", "raised"}),
    "BaseException": ("class Away(BaseException): pass\nraise Away", {"raised"}),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", {"raised"}),
    "an error that fails when it is asked what it says": (
        "class Worse(Exception):\n    def __str__(self): raise SystemExit\nraise Worse",
        {"raised"},
    ),
    "3 GB": ("x = bytearray(3 * 2**30)", {"raised"}),
    "3 GB, shared": ("import mmap; x = mmap.mmap(-1, 4 * 2**30)", {"raised"}),
    "deep recursion": ("def f(): return f()\nf()", {"raised"}),
    "standard input": ("input()", {"raised"}),
    "builtins taken away": (
        "import builtins\nfor n in ('print', 'open', '__import__'): setattr(builtins, n, None)",
        {"ran"},
    ),
    "every builtin taken away": (
        "import builtins\nfor n in dir(builtins): setattr(builtins, n, None)",
        {"died", "raised"},
    ),
    "the package's files": (
        "import lab_helpers, pathlib\npathlib.Path(lab_helpers.__file__).write_text('')",
        {"raised"},
    ),
    "a file outside its folder": ("open('/usr/mine', 'w')", {"raised"}),
    "a file that is too large": ("open('big', 'wb').write(bytes(20 * 2**20))", {"raised", "died"}),
    "another folder and environment": ("import os; os.chdir('/'); os.environ.clear()", {"ran"}),
    "a network": (
        "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)",
        {"raised"},
    ),
    "a name in the network": ("import socket; socket.getaddrinfo('example.org', 80)", {"raised"}),
    "standard output closed": ("import os; os.close(1); os.close(2); print(1)", {"ran", "raised", "died"}),
    "every descriptor closed": ("import os; os.closerange(0, 512)", {"died"}),
    "noise on every descriptor": (
        "import os\nfor n in range(3, 64):\n    try: os.write(n, b'\\x00\\x00\\x00\\x05hello')\n"
        "    except OSError: pass",
        {"died"},
    ),
    "a message of 4 GB announced": (
        "import os\nfor n in range(3, 64):\n    try: os.write(n, b'\\xff\\xff\\xff\\xff')\n    except OSError: pass",
        {"died"},
    ),
    "its parents killed": (
        "import os, signal\nfor n in range(2, 400):\n    try: os.kill(n, signal.SIGKILL)\n    except OSError: pass",
        {"ran"},
    ),
    "everything killed": ("import os, signal\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass", {"ran"}),
    "a mount undone": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nassert libc.umount2(b'/proc', 2) == 0",
        {"raised"},
    ),
    "namespaces of its own": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.unshare(0x10000000 | 0x20000)\n"
        "assert libc.umount2(b'/proc', 2) == 0",
        {"raised"},
    ),
    "a thread that goes on": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
        {"ran"},
    ),
    "an end that never ends": ("import atexit, time; atexit.register(time.sleep, 60)", {"ran"}),
    "an object that will not go": (
        "import time\nclass Stays:\n    def __del__(self): time.sleep(60)\nstays = Stays()",
        {"ran"},
    ),
}


@pytest.mark.parametrize("kind", ENDS)
def test_it_ends_as_it_must_and_costs_its_own_question_only(pod, kind):
    source, ends = ENDS[kind]
    steps = (
        Cell("before", "x = 1; mirrored_input = ['a']", "04.mirrored"),
        Probe("04.mirrored", "before", ("mirrored_input",)),
        Cell("hostile", source, "05.ledger"),
        Probe("05.ledger", "hostile", ("ledger_of",)),
        Cell("after", "print(x, len('ab'))\nloaded_answers = ['b']", "05.generate"),
        Probe("05.generate", "after", ("loaded_answers",)),
    )
    run = pod.run(Job("hostile", steps))
    assert run.ends["hostile"].how in ends, run
    assert (run.ends["before"], run.ends["after"]) == (RAN, RAN)
    assert run.outputs["after"] == "1 2\n"
    assert run.values["04.mirrored"] == {"mirrored": ["a"]}
    assert run.values["05.generate"] == {"answers": ["b"]}


def test_a_loop_in_a_function_costs_its_probe_only(pod):
    steps = (
        Cell("ledger", "def ledger_of(*whatever):\n    while True: pass", "05.ledger"),
        Probe("05.ledger", "ledger", ("ledger_of",), EXERCISES["05.ledger"].examples()),
        Cell("after", "loaded_answers = ['b']", "05.generate"),
        Probe("05.generate", "after", ("loaded_answers",)),
    )
    run = pod.run(Job("hostile", steps))
    assert run.ends["ledger"] == TIMED_OUT
    assert "05.ledger" not in run.values
    assert run.values["05.generate"] == {"answers": ["b"]}


@pytest.mark.parametrize("source", ["print('x' * 30_000_000)", "for n in range(300_000): print(n)"])
def test_much_output_is_cut_and_harms_nothing(run, source):
    found = run(loud=source, after="print('still here')")
    assert len(found.outputs["loud"]) <= Limits().output_bytes
    assert found.outputs["after"] == "still here\n"


def test_no_control_character_of_the_output_is_kept(run):
    found = run(it=r"print('\x1b[31mred\x1b[0m \x1b]0;title\x07 bell\x07 back\x08\r over \x9b1mC1 \u202e<b>')")
    assert found.outputs["it"] == "red  bell back over 1mC1 \u202e<b>\n"


def test_a_detached_process_dies_with_its_job(run):
    mark = f"{time.time_ns()}"
    source = f"import subprocess\nsubprocess.Popen(['sleep', '9{mark[-7:]}'], start_new_session=True)"
    assert run(it=source).ends["it"] == RAN
    assert not [command for _number, command in offspring() if f"9{mark[-7:]}" in command]


def test_the_memory_of_all_its_processes_is_bounded(run):
    forks = "import os, time\nfor n in range(8):\n    if os.fork() == 0:\n        break\n"
    found = run(it=f"{forks}x = b'x' * 400 * 2**20\ntime.sleep(60)", after="1")
    assert found.ends == {"it": End("died", exceeded="memory"), "after": RAN}


def test_memory_that_its_processes_share_counts_once():
    forks = "import os, time\nfor n in range(30):\n    if os.fork() == 0: time.sleep(600)\ntime.sleep(1)"
    with Runner(replace(LIMITS, memory_mb=256)) as runner:
        found = runner.run(Job("sharing", (Cell("it", f"shared = b'x' * 100 * 2**20\n{forks}", "x"),)))
    assert found.ends == {"it": RAN}


def test_a_fork_bomb_is_bounded_and_its_neighbour_does_not_notice(pod):
    bomb = "import os\nn = 0\nwhile n < 3000:\n    n += 1\n    try:\n        if os.fork() == 0: n = 0\n"
    bomb += "    except OSError: pass"
    steps = (Cell("bomb", bomb, "x"), Cell("after", "print('here')"))
    found = pod.run(Job("bomb", steps))
    assert found.ends["bomb"].how in {"ran", "died", "timed_out"}
    assert found.outputs["after"] == "here\n"


def test_the_other_half_of_a_fork_answers_nothing(run):
    forking = "import os\nfirst = not any([os.fork() == 0 for n in range(4)])"
    found = run(it=forking, after="print(first)", last="print(first)")
    assert (found.outputs["after"], found.outputs["last"]) == ("True\n", "True\n")


def test_processes_are_counted_within_the_job(run):
    source = """
import os
started = 0
try:
    for n in range(500):
        if os.fork() == 0:
            import time; time.sleep(30); os._exit(0)
        started += 1
except OSError: pass
print(started)"""
    found = run(it=source)
    assert found.ends["it"].how == "died" or int(found.outputs["it"]) < 45


def test_nothing_of_other_processes_or_of_this_machine_can_be_seen(run, monkeypatch):
    monkeypatch.setenv("LAB_TEST_SECRET", "of the instructor")
    source = """
import os, pathlib
print(os.listdir('/proc'), 'LAB_TEST_SECRET' in os.environ, os.path.exists('/recordings'), os.getppid())
print(sorted(os.listdir('/')), os.listdir('..'), os.listdir('/dev/shm'))
print(pathlib.Path('/root/.ssh').exists(), pathlib.Path('/etc/shadow').exists(), pathlib.Path('/home').exists())"""
    first, second, third = run(it=source).outputs["it"].splitlines()
    assert first == "[] False False 0"
    assert second.endswith("['work'] []")
    assert third == "False False False"


def test_what_one_job_writes_no_other_sees(run):
    run(it="open('../left', 'w').write('x'); open('/dev/shm/left', 'w').write('x')")
    found = run(it="import os; print(os.path.exists('../left'), os.path.exists('/dev/shm/left'))")
    assert found.outputs["it"] == "False False\n"


def test_the_disk_it_may_fill_is_its_own_and_small(run):
    source = "for n in range(20):\n    with open(f'{n}', 'wb') as file: file.write(bytes(2**20))"
    assert run(it=source).ends["it"].raised["type"] == "OSError"


def test_two_jobs_cannot_meet_on_the_network(pod):
    listening = "import socket\ns = socket.socket(); s.bind(('127.0.0.1', 5555)); s.listen()"
    assert pod.run(Job("one", (Cell("it", listening),))).ends["it"] == RAN
    calling = f"{listening}\nprint('the same port, and it was free')"
    assert pod.run(Job("two", (Cell("it", calling),))).ends["it"] == RAN


def test_a_spoofed_reply_is_passed_over(pod):
    forged = (
        "import os, json, struct\n"
        "reply = json.dumps({'values': {'answers': ['forged'], 'points': 99}}).encode()\n"
        "for n in range(3, 64):\n"
        "    try: os.write(n, struct.pack('!I', len(reply)) + reply)\n"
        "    except OSError: pass"
    )
    steps = (Cell("it", forged, "05.generate"), Probe("05.generate", "it", ("loaded_answers",)))
    run = pod.run(Job("spoof", steps))
    assert run.values == {
        "05.generate": {"raised": {"type": "NameError", "says": "name 'loaded_answers' is not defined"}}
    }


VALUES = {
    "lying equality": "class Lies(list):\n    def __eq__(self, other): return True\nmirrored_input = Lies(['a'])",
    "not a number": "mirrored_input = ['a', float('nan'), float('inf')]",
    "a huge number": "mirrored_input = ['a', 10**5000]",
    "itself": "mirrored_input = ['a']\nmirrored_input.append(mirrored_input)",
    "a lying type": "class Str(str):\n    def __len__(self): return 10**9\nmirrored_input = [Str('a')]",
    "a billion elements": "mirrored_input = range(10**9)",
    "an endless iterator": (
        "import itertools\nclass L(list):\n    def __iter__(self): return itertools.count()\nmirrored_input = L()"
    ),
    "no text": "mirrored_input = ['\\ud800']",
}


@pytest.mark.parametrize("kind", VALUES)
def test_odd_values_come_out_plain_or_not_at_all(pod, kind):
    steps = (Cell("it", VALUES[kind], "04.mirrored"), Probe("04.mirrored", "it", ("mirrored_input",)))
    run = pod.run(Job("odd", steps))
    assert run.ends["it"].how in {"ran", "timed_out", "died"}
    assert_plain(run.values.get("04.mirrored", {}))


def test_deep_json_sent_past_the_probe_is_cut(pod):
    deep = (
        "import os, json, struct\n"
        "reply = b'{\"values\": {\"answers\": ' + b'[' * 200 + b']' * 200 + b'}}'\n"
        "for n in range(3, 64):\n"
        "    try: os.write(n, (struct.pack('!I', len(reply)) + reply) * 2)\n"
        "    except OSError: pass"
    )
    steps = (Cell("it", deep, "05.generate"), Probe("05.generate", "it", ("loaded_answers",)))
    assert_plain(pod.run(Job("deep", steps)).values.get("05.generate", {}))


def test_ten_thousand_cells_are_run(pod):
    steps = tuple(Cell(str(n), f"x = {n}") for n in range(10_000))
    assert pod.run(Job("many", steps)).ends["9999"] == RAN


def test_when_a_batch_is_over_nothing_is_left_running():
    before = offspring()
    with Runner(Limits(cell_s=2)) as runner:
        runner.run(Job("last", (Cell("it", "import subprocess; subprocess.Popen(['sleep', '7777'])"),)))
        assert [command for _number, command in offspring(apart_from=before) if "fork_server" in command]
    # What was killed may take a moment to go.
    deadline = time.monotonic() + 20
    while left := offspring(apart_from=before):
        assert time.monotonic() < deadline, left


def assert_plain(value, depth=0):
    assert type(value) in (dict, list, str, int, float, bool, type(None))
    assert depth < 12
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        assert_plain(inner, depth + 1)

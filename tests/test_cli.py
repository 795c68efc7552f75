"""The command `lab`, as a shell meets it; what runs for a while, in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import httpx
import openai
import psutil
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook

from lab_helpers import doctor
from lab_helpers.authoring import write_notebook
from lab_helpers.cli import main
from lab_helpers.doctor import Finding
from lab_helpers.mock import local_model
from lab_helpers.mock.local_model import weights_path
from lab_helpers.mock.recordings import load, save
from tests.mock.conftest import DEPLOYMENT, answer_body, chat, recording

with_the_model = pytest.mark.skipif(
    not weights_path() or not find_spec("xllamacpp"), reason="the local model is not installed"
)
LAB = str(Path(sys.executable).with_name("lab"))
ASK_ONE_TOKEN = """
import os, openai
client = openai.AzureOpenAI(api_version=os.environ["AZURE_OPENAI_API_VERSION"])
question = {"role": "user", "content": "Describe a nurse."}
client.chat.completions.create(
    model=os.environ["AZURE_OPENAI_DEPLOYMENT"], messages=[question], max_tokens=1, seed=7
)
"""


def lab(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def cassettes(tmp_path):
    folder = tmp_path / "cassettes"
    save(recording("one", "two"), folder)
    return folder


@pytest.fixture
def environ(tmp_path):
    """A learner's shell, in a home with nothing in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "LAB_", "SPARK_"))}
    return kept | {"HOME": str(tmp_path / "home"), "LAB_LOCALE": "en", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def started(environ, tmp_path):
    """Start `lab` in a process of its own, which ends with the test."""
    processes = []

    def start(*arguments):
        process = subprocess.Popen(
            [LAB, *map(str, arguments)],
            env=environ,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=60)


def client_of(variables):
    return openai.AzureOpenAI(
        azure_endpoint=variables["AZURE_OPENAI_ENDPOINT"],
        api_key=variables["AZURE_OPENAI_API_KEY"],
        api_version=variables["AZURE_OPENAI_API_VERSION"],
    )


def said_by(process, pattern):
    """The first match of `pattern` in what a process prints."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if found := re.search(pattern, line):
            return found[0]
    pytest.fail(f"never said: {pattern}\n{''.join(lines)}")


def test_help_names_every_command_and_what_it_is_for():
    text = lab("--help").output
    commands = ["build", "doctor", "grade", "mock", "model", "progress", "run", "start"]
    assert re.findall(r"^  (\w+)  +[A-Z]", text, re.MULTILINE) == commands


@pytest.mark.parametrize("wrong", [["stop"], ["start", "--locale", "xx"], ["mock", "check", "nowhere"]])
def test_what_it_does_not_know_is_a_usage_error(wrong):
    done = lab(*wrong)
    assert (done.exit_code, done.output.startswith("Usage: ")) == (2, True)


def test_start_without_a_course_says_what_to_do_and_starts_nothing(tmp_path):
    done = lab("start", "--no-browser", "--locale", "pt-BR", "--course", tmp_path)
    assert done.exit_code == 1
    assert "uv run lab build" in done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_check_counts_sound_recordings(cassettes):
    done = lab("mock", "check", cassettes)
    assert (done.exit_code, done.output) == (0, "✓ 1 recordings are sound.\n")


def test_check_of_the_shipped_recordings_finds_nothing():
    assert lab("mock", "check").exit_code == 0


def test_check_names_the_file_whose_answers_were_asked_differently(cassettes):
    (file,) = cassettes.iterdir()
    file.write_text(file.read_text("utf-8").replace("Describe a nurse.", "Describe a doctor."), "utf-8")
    done = lab("mock", "check", cassettes)
    assert done.exit_code == 1
    assert f"✗ {file.name}: the key is not the request's key." in done.output


def test_check_names_the_file_that_is_no_recording(cassettes):
    (cassettes / "torn.json").write_text('{"format": 1,', "utf-8")
    done = lab("mock", "check", cassettes)
    assert done.exit_code == 1
    assert "torn.json" in done.output


def test_check_of_a_folder_without_recordings_is_not_a_success(tmp_path):
    done = lab("mock", "check", tmp_path)
    assert (done.exit_code, done.output) == (1, "✗ No recordings were found.\n")


def test_show_prints_the_question_the_origin_and_every_answer(cassettes):
    (file,) = cassettes.iterdir()
    shown = lab("mock", "show", file).output
    assert "user: Describe a nurse." in shown
    assert "licence: CC-BY-4.0" in shown
    assert re.findall(r"^\[(\d)\] (\w+)$", shown, re.MULTILINE) == [("0", "one"), ("1", "two")]


def test_show_of_a_file_that_is_no_recording_is_explained(tmp_path):
    (tmp_path / "note.json").write_text("[]", "utf-8")
    done = lab("mock", "show", tmp_path / "note.json")
    assert done.exit_code == 1
    assert done.output.splitlines()[0].startswith("The recording note.json cannot be read")
    assert done.output.splitlines()[1].startswith("→ ")


def test_serve_says_in_its_first_line_where_it_is_answers_the_sdk_and_ends_on_sigterm(started, cassettes):
    server = started("mock", "serve", cassettes, "--strict")
    variables = json.loads(server.stdout.readline())
    assert variables["AZURE_OPENAI_DEPLOYMENT"] == DEPLOYMENT
    completion = client_of(variables).chat.completions.create(model=DEPLOYMENT, **chat())
    assert completion.choices[0].message.content == "one"
    server.terminate()
    assert server.wait(10) in (0, -signal.SIGTERM)


def test_strict_serve_refuses_what_was_never_recorded(started, cassettes):
    variables = json.loads(started("mock", "serve", cassettes, "--strict").stdout.readline())
    with pytest.raises(openai.APIStatusError) as caught:
        client_of(variables).chat.completions.create(model=DEPLOYMENT, **chat("Describe a pilot."))
    assert caught.value.code == "replay_miss"


def test_serve_names_a_broken_recording_and_serves_the_others(started, cassettes):
    (cassettes / "torn.json").write_text("{", "utf-8")
    server = started("mock", "serve", cassettes, "--strict")
    lines = [server.stdout.readline() for _ in range(3)]
    assert "torn.json" in lines[0]
    completion = client_of(json.loads(lines[-1])).chat.completions.create(model=DEPLOYMENT, **chat())
    assert completion.choices[0].message.content == "one"


def test_serve_on_a_taken_port_says_what_to_do(started, cassettes):
    variables = json.loads(started("mock", "serve", cassettes, "--strict").stdout.readline())
    port = variables["AZURE_OPENAI_ENDPOINT"].rpartition(":")[2]
    done = lab("mock", "serve", cassettes, "--strict", "--port", port)
    assert done.exit_code == 1
    assert done.output.splitlines()[0] == f"Port {port} is taken by another program."
    assert "--port" in done.output.splitlines()[1]


@with_the_model
def test_record_keeps_what_the_command_asked_and_returns_its_exit_code(started, tmp_path):
    command = [sys.executable, "-c", f"{ASK_ONE_TOKEN}\nraise SystemExit(3)"]
    recorder = started("mock", "record", "--out", tmp_path / "new", "--", *command)
    assert recorder.wait(120) == 3
    (file,) = (tmp_path / "new").glob("*.json")
    (variant,) = load(file).variants
    assert (variant.seed, variant.body["usage"]["completion_tokens"]) == (7, 1)
    assert lab("mock", "check", tmp_path / "new").exit_code == 0


def test_record_from_azure_without_settings_says_which_are_missing(monkeypatch, tmp_path):
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_DEPLOYMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    done = lab("mock", "record", "--azure", "--out", tmp_path / "new", "--", "true")
    assert done.exit_code == 1
    assert "AZURE_OPENAI_ENDPOINT" in done.output
    assert not (tmp_path / "new").exists()


def test_record_asks_either_azure_or_openai(tmp_path):
    done = lab("mock", "record", "--azure", "--openai", "gpt-4o", "--out", tmp_path / "new", "--", "true")
    assert done.exit_code == 2


def test_record_from_openai_without_a_key_says_which_variable_is_missing(monkeypatch, tmp_path):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    done = lab("mock", "record", "--openai", "gpt-4o", "--out", tmp_path / "new", "--", "true")
    assert done.exit_code == 1
    assert "OPENAI_API_KEY" in done.output


def test_diff_tells_what_differs_and_exits_with_1(cassettes, tmp_path):
    assert lab("mock", "diff", cassettes, cassettes).exit_code == 0
    save(recording("uno", "two"), tmp_path / "other")
    done = lab("mock", "diff", cassettes, tmp_path / "other")
    assert done.exit_code == 1
    assert re.fullmatch(r'~ describe-a-nurse--\w+\.json: seed 0: \["one"\] → \["uno"\]\n', done.output)


def test_convert_makes_recordings_that_check_finds_sound(tmp_path):
    answer = {"status": {"code": 200}, "headers": {}, "body": {"string": json.dumps(answer_body("one"))}}
    uri = f"https://x.example/openai/deployments/{DEPLOYMENT}/chat/completions"
    asked = {"method": "POST", "uri": uri, "body": json.dumps(chat())}
    cassette = tmp_path / "vcr.yaml"
    # YAML reads JSON.
    cassette.write_text(json.dumps({"interactions": [{"request": asked, "response": answer}]}), "utf-8")
    origin = ("--model", "gpt-4o", "--licence", "MIT", "--source", "https://example.org")
    done = lab("mock", "convert", cassette, "--out", tmp_path / "new", *origin)
    assert (done.exit_code, done.output.startswith("✓ Recordings written: 1")) == (0, True)
    assert lab("mock", "check", tmp_path / "new").exit_code == 0


def test_convert_names_a_file_that_is_no_cassette(tmp_path):
    (tmp_path / "odd.yaml").write_text("[", "utf-8")
    origin = ("--model", "m", "--licence", "MIT", "--source", "s")
    done = lab("mock", "convert", tmp_path / "odd.yaml", "--out", tmp_path / "new", *origin)
    assert done.exit_code == 1
    assert done.output.startswith("odd.yaml is no cassette")
    assert not (tmp_path / "new").exists()


def test_model_check_without_weights_says_what_to_run(monkeypatch):
    monkeypatch.setattr(local_model, "weights_path", lambda: None)
    done = lab("model", "check")
    assert (done.exit_code, done.output) == (1, "The local model is not installed.\n→ Run: lab model install\n")


@with_the_model
def test_model_check_is_one_line():
    done = lab("model", "check")
    assert (done.exit_code, done.output.count("\n")) == (0, 1)
    assert done.output.startswith("✓ ")


@pytest.mark.parametrize(
    ("severity", "ok", "exit_code"), [("error", False, 1), ("warning", False, 0), ("error", True, 0)]
)
def test_doctor_fails_only_where_the_lab_could_not_run(monkeypatch, severity, ok, exit_code):
    finding = Finding("Java", ok, severity, "none", "" if ok else "uv sync")
    monkeypatch.setattr(doctor, "diagnose", lambda environ, root: [finding])
    done = lab("doctor")
    assert done.exit_code == exit_code
    assert ("→ uv sync" in done.output) is not ok


def test_doctor_speaks_the_learners_language():
    topics = {locale: lab("doctor", "--locale", locale).output.splitlines()[6:8] for locale in ("en", "pt-BR")}
    assert [line.split()[1] for line in topics["en"]] == ["Disk:", "Memory:"]
    assert [line.split()[1] for line in topics["pt-BR"]] == ["Disco:", "Memória:"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_start_opens_jupyterlab_on_the_learners_copy_and_ends_with_all_it_started(started, tmp_path, number):
    write_notebook(new_notebook(cells=[new_code_cell("1 + 1", id="sum")]), tmp_path / "course/pt-BR/00_first.ipynb")
    running = started("start", "--no-browser", "--locale", "pt-BR")
    address = said_by(running, r"http://127\.0\.0\.1\S+token=\w+")
    begun = psutil.Process(running.pid).children(recursive=True)
    assert any("java" in process.name() for process in begun)

    page = httpx.get(address, follow_redirects=True, trust_env=False, timeout=30)
    assert page.status_code == 200
    assert page.url.path == "/lab/tree/00_first.ipynb"
    assert (tmp_path / "my-course/pt-BR/00_first.ipynb").exists()

    running.send_signal(number)
    said, _nothing = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "my-course/pt-BR" in said
    assert psutil.wait_procs(begun, timeout=5)[1] == []


def test_faults_are_switched_from_the_command_line_and_their_end_tells_how_it_went(
    started, cassettes, tmp_path, monkeypatch
):
    variables = json.loads(started("mock", "serve", cassettes, "--strict").stdout.readline())
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    rules = tmp_path / "rules.json"
    rules.write_text('[{"kind": "rate_limited", "seconds": 0.01}]', "utf-8")
    assert lab("mock", "faults", rules).output == "✓ The faults are set.\n"
    completion = client_of(variables).chat.completions.create(model=DEPLOYMENT, **chat())
    assert completion.choices[0].message.content == "one"
    done = lab("mock", "faults")
    assert done.exit_code == 0
    assert "rate_limited" in done.output


def test_faults_of_a_file_that_holds_no_rules_are_refused(started, cassettes, tmp_path, monkeypatch):
    for name, value in json.loads(started("mock", "serve", cassettes, "--strict").stdout.readline()).items():
        monkeypatch.setenv(name, value)
    rules = tmp_path / "rules.json"
    rules.write_text('[{"kind": "meteor"}]', "utf-8")
    done = lab("mock", "faults", rules)
    assert done.exit_code == 1
    assert "meteor" in done.output

"""The servers compared: how each is installed, taught the two questions, and started."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import psutil
import questions
import service

from lab_helpers.mock import AzureUpstream, RecordingServer, load, serving
from lab_helpers.mock.recordings import Recording, save
from lab_helpers.settings import Settings

HERE = Path(__file__).parent
START_TIMEOUT_S = 60.0
INSTALL_TIMEOUT_S = 600.0
PATHS = {
    "azure": f"/openai/deployments/{service.DEPLOYMENT}/chat/completions?api-version=2024-10-21",
    "openai": "/v1/chat/completions",
}
MANY = 10_000
SPEED, MISTAKES = frozenset({"speed"}), frozenset({"mistakes"})


class NotThere(Exception):
    """A peer that cannot be installed or started here, and why."""


@dataclass(frozen=True)
class Peer:
    """A server ready to be started. command: with {port} left open; None for what answers in the client's process."""

    name: str
    api: str
    command: Sequence[str] | None
    python: str = sys.executable
    cassette: str = ""
    match_on_body: bool = False
    takes_part: frozenset[str] = frozenset({"speed", "mistakes"})


def install(command: Sequence[str], folder: Path) -> None:
    """Run an installer. Raises NotThere with the end of what it said."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S)
    except FileNotFoundError as error:
        raise NotThere(f"{command[0]} is not on this machine") from error
    except subprocess.TimeoutExpired as error:
        raise NotThere(f"{' '.join(command)}: no end after {INSTALL_TIMEOUT_S:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise NotThere(error.stderr.strip()[-300:]) from error


def environment(folder: Path, *requirements: str) -> Path:
    """The folder of commands of a new virtual environment."""
    install(["uv", "venv", "--quiet", "--python", sys.executable, "env"], folder)
    commands = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    install(["uv", "pip", "install", "--quiet", "--python", str(commands / "python"), *requirements], folder)
    return commands


@contextmanager
def stand_in() -> Iterator[str]:
    """The service to be recorded, in a thread, asked nothing yet."""
    service.StandIn.heard.clear()
    server = service.server()
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ours(folder: Path) -> list[Peer]:
    with stand_in() as real:
        upstream = AzureUpstream(Settings(real, questions.KEY, service.DEPLOYMENT))
        with serving(RecordingServer(folder / "few", upstream)) as endpoint:
            questions.record(f"{endpoint}{PATHS['azure']}")
    few = [load(path) for path in sorted((folder / "few").glob("*.json"))]
    asked = next(one for one in few if len(one.variants) == 1)
    for number in range(MANY):
        request = {**asked.request, "max_tokens": number + 1}
        save(Recording(request, asked.variants, asked.provenance), folder / "many")
    serve = [str(Path(sys.executable).with_name("lab")), "mock", "serve", "--strict", "--port", "{port}"]
    small = Peer("ours", "azure", [*serve, str(folder / "few")])
    command = [*serve, str(folder / "few"), str(folder / "many")]
    return [small, Peer("ours, 10,000 recordings more", "azure", command, takes_part=SPEED)]


def aimock(folder: Path) -> list[Peer]:
    install(["npm", "install", "--silent", "--no-audit", "--no-fund", "@copilotkit/aimock"], folder)
    version = json.loads((folder / "node_modules/@copilotkit/aimock/package.json").read_text())["version"]
    # Started without the shell that npm wraps around it: the process measured is the server.
    cli = folder / "node_modules/@copilotkit/aimock/dist/cli.js"
    fixtures = folder / "fixtures"
    fixtures.mkdir()
    serve = [shutil.which("node") or "node", str(cli), "-p", "{port}", "-f", str(fixtures), "--log-level", "silent"]
    replay = Peer(f"aimock {version}", "azure", [*serve, "--strict"])
    with stand_in() as real:
        recorder = replace(replay, command=[*serve, "--record", "--provider-azure", real])
        with running(recorder, folder, is_up=accepts) as (_process, endpoint):
            questions.record(f"{endpoint}{PATHS['azure']}")
    return [replay]


def fakellm(folder: Path) -> list[Peer]:
    commands = environment(folder, "fakellm")
    rules = [
        {"name": name, "when": {"messages_contain": question["messages"][-1]["content"]}, "respond": {"content": text}}
        for name, question, text in (
            ("capital", service.CAPITAL, service.answer_text(service.CAPITAL, 1)),
            ("colour", service.COLOUR, service.answer_text(service.COLOUR, 1)),
        )
    ]
    # JSON is YAML.
    (folder / "fakellm.yaml").write_text(json.dumps({"version": 1, "rules": rules}))
    serve = [str(commands / "fakellm"), "serve", "--port", "{port}", "--config", str(folder / "fakellm.yaml")]
    return [Peer(f"fakellm {installed(commands, 'fakellm')}, rules by hand", "openai", serve)]


def llmock(folder: Path) -> list[Peer]:
    commands = environment(folder, "llmock")
    serve = [str(commands / "llmock"), "serve", "--port", "{port}", "--log-level", "error"]
    name = f"llmock {installed(commands, 'llmock')}, generates"
    return [Peer(name, "openai", serve)]


def vcrpy(folder: Path) -> list[Peer]:
    # Since its third version the SDK no longer speaks through the library that vcrpy patches.
    commands = environment(folder, "vcrpy", "openai<3")
    python, path = str(commands / "python"), str(folder / "cassette.yaml")
    with stand_in() as real:
        script = [python, str(HERE / "questions.py"), "record", f"{real}{PATHS['azure']}", path]
        install(script, folder)
    (folder / "endpoint").write_text(real)
    name = f"vcrpy {installed(commands, 'vcrpy')}, in process"
    as_it_comes = Peer(name, "azure", None, python, path)
    strict = replace(as_it_comes, name=f"{name}, body matched", match_on_body=True, takes_part=MISTAKES)
    return [as_it_comes, strict]


def ceiling(_folder: Path) -> list[Peer]:
    serve = [sys.executable, str(HERE / "service.py"), "{port}"]
    return [Peer("the stand-in service itself", "azure", serve, takes_part=SPEED)]


def installed(commands: Path, package: str) -> str:
    """The version of a package in an environment."""
    ask = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run(
        [str(commands / "python"), "-c", ask], capture_output=True, text=True, check=True
    ).stdout.strip()


MAKERS: dict[str, Callable[[Path], list[Peer]]] = {
    "ours": ours,
    "aimock": aimock,
    "fakellm": fakellm,
    "llmock": llmock,
    "vcrpy": vcrpy,
    "ceiling": ceiling,
}


def accepts(endpoint: str, _peer: Peer) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), timeout=1).close()
    except OSError:
        return False
    return True


def answers(endpoint: str, peer: Peer) -> bool:
    """Whether a question is answered there."""
    try:
        return questions.ask(f"{endpoint}{PATHS[peer.api]}", json.dumps(service.CAPITAL)) is not None
    except OSError:
        return False


@contextmanager
def running(
    peer: Peer, folder: Path, is_up: Callable[[str, Peer], bool] = answers
) -> Iterator[tuple[psutil.Process, str]]:
    """Start a peer on a free port and stop it at the end. Raises NotThere if it does not come up."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in peer.command or ()]
    with (
        (folder / "server.log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server,
    ):
        try:
            endpoint, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_TIMEOUT_S
            while not is_up(endpoint, peer):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise NotThere(f"{peer.name} did not answer: {(folder / 'server.log').read_text()[-300:]}")
                time.sleep(0.005)
            yield psutil.Process(server.pid), endpoint
        finally:
            stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    children = psutil.Process(server.pid).children(recursive=True) if server.poll() is None else []
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
    for child in children:
        if child.is_running():
            child.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

"""Solution notebooks as tests: nbval runs their cells against a strict practice server and one Spark for all.

What nbval does not do: both services start with the first cell and only if there is one, and a notebook's kernel works
where and as a build's does. Its answers do not depend on what ran before: each kernel that connects is a session.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nbval.plugin import IPyNbCell

from lab_helpers.errors import LabError

# nbval starts a kernel in its notebook's folder, where a .env may be near; a build starts it in an empty one.
_STARTUP = "import os, pathlib\nos.chdir(pathlib.Path(os.environ['IPYTHONDIR']) / 'work')\n"

_notebook = pytest.StashKey[Path | None]()
_kernel = pytest.StashKey[ExitStack]()
_services = pytest.StashKey[ExitStack]()
_environ = pytest.StashKey[Mapping[str, str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the first cell of a notebook, whose kernel inherits this process's environment: set it; after it, not."""
    stash = item.session.stash
    notebook = item.path if isinstance(item, IPyNbCell) else None
    if stash.get(_notebook, None) == notebook:
        return
    _close(item.session, _kernel)
    stash[_notebook] = notebook
    if notebook:
        if _services not in stash:
            stash[_services], stash[_environ] = _started_services()
        stash[_kernel] = _kernel_environment(stash[_environ])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what was started, after the last kernel."""
    _close(session, _kernel)
    _close(session, _services)


def _close(session: pytest.Session, started: pytest.StashKey[ExitStack]) -> None:
    if started in session.stash:
        session.stash[started].close()


def _started_services() -> tuple[ExitStack, Mapping[str, str]]:
    # Here and not above: a run of unit tests alone starts a second sooner.
    from lab_helpers import services
    from lab_helpers.authoring.execution import STEADY

    with ExitStack() as starting:
        try:
            environ = starting.enter_context(services.practice("tests", with_local_model=False))
            environ |= starting.enter_context(services.spark())
        except LabError as error:
            pytest.exit(f"The solutions cannot run. {error}", returncode=1)
        return starting.pop_all(), {**environ, **STEADY}


def _kernel_environment(environ: Mapping[str, str]) -> ExitStack:
    with ExitStack() as setting:
        profile = setting.enter_context(_empty_profile())
        setting.enter_context(_environment({**environ, "IPYTHONDIR": str(profile)}))
        return setting.pop_all()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        yield


@contextmanager
def _empty_profile() -> Iterator[Path]:
    with TemporaryDirectory(prefix="lab-ipython-") as folder:
        profile = Path(folder)
        (profile / "work").mkdir()
        (profile / "profile_default" / "startup").mkdir(parents=True)
        (profile / "profile_default" / "startup" / "empty_folder.py").write_text(_STARTUP, "utf-8")
        yield profile

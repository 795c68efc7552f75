"""`connection_form()`: choose practice or Azure, test the connection, and use it in this notebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from dotenv import find_dotenv, set_key

from lab_helpers.azure import verify_deployment
from lab_helpers.client import Connection
from lab_helpers.errors import LabError, SettingsError
from lab_helpers.i18n import _
from lab_helpers.live import Live, announced
from lab_helpers.settings import (
    API_KEY,
    API_VERSION,
    DEFAULT_API_VERSION,
    DEPLOYMENT,
    ENDPOINT,
    Settings,
    is_loopback,
    read_settings,
)

PRACTICE, AZURE = "practice", "azure"
_NAMES = (ENDPOINT, API_KEY, DEPLOYMENT, API_VERSION)
_EXAMPLE = (
    f"{ENDPOINT}=https://my-resource.openai.azure.com\n{API_KEY}=...\n"
    f"{DEPLOYMENT}=the-name-of-your-deployment\n{API_VERSION}={DEFAULT_API_VERSION}"
)


class ConnectionForm(Live):
    """A form for the connection's settings. The key is taken out of its field at once and shown nowhere."""

    def __init__(self) -> None:
        self._key = ""
        # What `lab start` set: the way back to practice.
        self._practice = {name: os.environ[name] for name in _NAMES if name in os.environ}
        if not is_loopback(self._practice.get(ENDPOINT, "")):
            self._practice = {}

    @cached_property
    def box(self) -> Any:
        """The fields and buttons."""
        import ipywidgets as widgets

        def field(kind: Callable[..., Any], label: str, value: str = "", **options: Any) -> Any:
            found = kind(value=value, description=label, **options)
            found.style.description_width, found.layout.width = "14em", "43em"
            return found

        given = _live_variables()
        self.way = widgets.ToggleButtons(
            options=[(_("Practice"), PRACTICE), (_("Azure"), AZURE)], value=AZURE if given else PRACTICE
        )
        self.endpoint = field(
            widgets.Text, _("Endpoint"), given.get(ENDPOINT, ""), placeholder="https://my-resource.openai.azure.com"
        )
        self.deployment = field(widgets.Text, _("Deployment"), given.get(DEPLOYMENT, ""))
        self.version = field(widgets.Text, _("API version"), given.get(API_VERSION, "") or DEFAULT_API_VERSION)
        # Sent when the field is left and not letter by letter: so long does the notebook's widget state hold it.
        self.password = field(widgets.Password, _("Key"), continuous_update=False)
        self.password.observe(self._take_key, names="value")
        self.key_label = widgets.HTML()
        self.writes = widgets.Checkbox(value=False, indent=False, description=_("Also write it into the file .env"))
        self.writes.layout.width = "auto"
        self.test_button = widgets.Button(description=_("Test"), tooltip=_("Ask the deployment one question"))
        self.use_button = widgets.Button(
            description=_("Use it here"), tooltip=_("Set the variables of this notebook only")
        )
        self.said = widgets.HTML()
        self.test_button.on_click(lambda _button: self._tell(self.test))
        self.use_button.on_click(lambda _button: self._tell(self.use))
        fields = [self.endpoint, self.deployment, self.version, self.password, self.key_label, self.writes]
        azure = widgets.VBox(fields)

        def show_fields(_change: object = None) -> None:
            azure.layout.display = "" if self.way.value == AZURE else "none"

        self.way.observe(show_fields, names="value")
        show_fields()
        return widgets.VBox([self.way, azure, widgets.HBox([self.test_button, self.use_button]), self.said])

    def _take_key(self, change: Any) -> None:
        if change["new"]:
            self._key = change["new"].strip()
            self.password.value = ""
            told = _("✓ A key of {n} characters is held by this kernel, and nowhere else.").format(n=len(self._key))
            self.key_label.value = announced(escape(told))

    def test(self) -> str:
        """Ask the chosen deployment the lab's first question, and give what it says as HTML. Raises LabError."""
        settings = self._chosen()
        if settings is None:
            return escape(_("In practice there is nothing to test: connect() starts its server on this computer."))
        from openai import AzureOpenAI

        client = AzureOpenAI(
            azure_endpoint=settings.endpoint, api_key=settings.api_key, api_version=settings.api_version
        )
        with client:
            return verify_deployment(Connection(client, settings))._repr_html_()

    def use(self) -> str:
        """Set this kernel's variables, and write .env where that was asked for; gives what was done.

        Raises LabError.
        """
        settings = self._chosen()
        if settings is None or settings.is_practice:
            _use_practice(self._practice)
            return escape(_("✓ Practice. Run the cell with connect() again."))
        variables = _variables(settings)
        os.environ.update(variables)
        done = [_("✓ Azure, in this notebook until its kernel restarts. Run the cell with connect() again.")]
        if self.writes.value:
            done.append(_("✓ Written into {file}, for the notebooks to come.").format(file=write_dotenv(variables)))
        return "<br>".join(map(escape, done))

    def _chosen(self) -> Settings | None:
        """The settings chosen; None for practice without a server yet. Raises SettingsError as `read_settings`."""
        _made = self.box
        if self.way.value == PRACTICE:
            return read_settings(self._practice)
        found = read_settings(
            {
                ENDPOINT: self.endpoint.value,
                API_KEY: self._key or _live_variables().get(API_KEY, ""),
                DEPLOYMENT: self.deployment.value,
                API_VERSION: self.version.value,
            }
        )
        if found is None:
            raise SettingsError(
                _("The endpoint and the key are missing."),
                _("Copy both from the page Keys and Endpoint of your resource."),
            )
        return found

    def _tell(self, act: Callable[[], str]) -> None:
        self.said.value = announced(escape(_("Asking …")))
        try:
            self.said.value = announced(act())
        except LabError as error:
            self.said.value = announced(
                f"<p><strong>{escape(error.problem)}</strong></p><p>→ {escape(error.next_step)}</p>"
            )

    def __repr__(self) -> str:
        return "\n".join([self._how_to(), *(f"    {line}" for line in _EXAMPLE.splitlines())])

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._how_to())}</p><pre>{escape(_EXAMPLE)}</pre>"

    def _how_to(self) -> str:
        return _(
            "For practice nothing is to be set. For Azure, write into a file named .env in the folder of the course:"
        )


def connection_form() -> ConnectionForm:
    """A form to choose practice or Azure, test the connection and use it in this kernel.

    Nothing is written to disk unless its box is ticked; the key stays in the kernel's memory. Where no widget runs, the
    lines to write into `.env` are shown.
    """
    return ConnectionForm()


def write_dotenv(variables: Mapping[str, str]) -> str:
    """Set `variables` in the nearest `.env`, else in a new one here; gives its name. Other lines stay as they are.

    Raises SettingsError where it cannot be written.
    """
    path = Path(find_dotenv(usecwd=True) or ".env")
    try:
        path.touch(mode=0o600)
        for name, value in variables.items():
            set_key(path, name, value)
        path.chmod(0o600)
    except OSError as error:
        raise SettingsError(
            _("{file} cannot be written: {reason}").format(file=path.name, reason=error.strerror),
            _("The notebook uses the settings all the same; write the file yourself for later."),
        ) from error
    return path.name


def _use_practice(variables: Mapping[str, str]) -> None:
    before = {name: os.environ[name] for name in _NAMES if name in os.environ}
    _replace_variables(variables)
    if (found := read_settings()) and not found.is_practice:
        _replace_variables(before)
        raise SettingsError(
            _("The file .env names a resource on Azure, and comes before practice."),
            _("Put a # before its lines that begin with AZURE_OPENAI_, and press the button again."),
        )


def _replace_variables(variables: Mapping[str, str]) -> None:
    for name in _NAMES:
        os.environ.pop(name, None)
    os.environ.update(variables)


def _live_variables() -> dict[str, str]:
    """The variables of this kernel, where they lead to Azure."""
    given = {name: os.environ[name] for name in _NAMES if os.environ.get(name)}
    return given if ENDPOINT in given and not is_loopback(given[ENDPOINT]) else {}


def _variables(settings: Settings) -> dict[str, str]:
    return {
        ENDPOINT: settings.endpoint,
        API_KEY: settings.api_key,
        DEPLOYMENT: settings.deployment,
        API_VERSION: settings.api_version,
    }

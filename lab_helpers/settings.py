"""Where answers come from: the variables of the environment or `.env`, checked and explained."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values, find_dotenv

from lab_helpers.errors import SettingsError
from lab_helpers.i18n import _

ENDPOINT = "AZURE_OPENAI_ENDPOINT"
API_KEY = "AZURE_OPENAI_API_KEY"
API_VERSION = "AZURE_OPENAI_API_VERSION"
DEPLOYMENT = "AZURE_OPENAI_DEPLOYMENT"
# The last dated version: models that are current in 2026 need max_completion_tokens, which 2024-10-21 does not know.
DEFAULT_API_VERSION = "2025-04-01-preview"
# The deployment the practice server offers; its answers were recorded from the model of that name.
PRACTICE_DEPLOYMENT = "smollm2-135m-instruct"

# The names of this machine to itself: what is sent there does not leave it.
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_PLACEHOLDER = re.compile(r"^(<.*>|your[_-].*|.*your_model_version.*)$", re.IGNORECASE)
_API_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(-preview)?$")


@dataclass(frozen=True)
class Settings:
    """One endpoint and how to speak to it. The key never shows in a repr."""

    endpoint: str
    api_key: str = field(repr=False)
    deployment: str
    api_version: str = DEFAULT_API_VERSION

    @property
    def is_practice(self) -> bool:
        """Whether the endpoint is a server on this machine."""
        return is_loopback(self.endpoint)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings | None:
    """The settings in `environ` (else the process's environment over `.env`); None if nothing is set at all.

    Raises SettingsError for a missing variable, a placeholder left in, an endpoint pasted with a path or
    without https://, and an API version that is not a date.
    """
    found = with_dotenv(os.environ, find_dotenv(usecwd=True)) if environ is None else environ
    given = {name: found.get(name, "").strip() for name in (ENDPOINT, API_KEY, DEPLOYMENT, API_VERSION)}
    if not given[ENDPOINT] and not given[API_KEY]:
        return None
    for name in (ENDPOINT, API_KEY, DEPLOYMENT):
        _require(name, given[name])
    return Settings(
        endpoint=checked_endpoint(given[ENDPOINT]),
        api_key=given[API_KEY],
        deployment=given[DEPLOYMENT],
        api_version=_checked_api_version(given[API_VERSION] or DEFAULT_API_VERSION),
    )


def with_dotenv(environ: Mapping[str, str], file: Path | str) -> dict[str, str]:
    """`environ` and what a `.env` file says besides; the file may be missing."""
    written = {name: value for name, value in dotenv_values(file).items() if value}
    given = environ.get(ENDPOINT, "")
    # An endpoint comes with its own key, so the sources never mix. Written by hand beats practice, not a real endpoint.
    return {**environ, **written} if not given or is_loopback(given) else dict(environ)


def is_loopback(endpoint: str) -> bool:
    """Whether an address is one of this machine."""
    return urlsplit(endpoint).hostname in LOOPBACK_HOSTS


def _require(name: str, value: str) -> None:
    if not value:
        raise SettingsError(
            _("The variable {name} is not set.").format(name=name),
            _("Set it in a file named .env beside the notebook, or with os.environ, and run this cell again.")
            if name != DEPLOYMENT
            else _("Set it to the name you gave your deployment (not the model's name), and run this cell again."),
        )
    if _PLACEHOLDER.match(value):
        raise SettingsError(
            _("{name} still holds the placeholder {value!r}.").format(name=name, value=value),
            _("Replace it with your own value from the portal's page Keys and Endpoint."),
        )


def checked_endpoint(endpoint: str) -> str:
    """`endpoint` without its trailing slash. Raises SettingsError if it is not the bare address of a resource."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            _("The endpoint {endpoint!r} is not a web address.").format(endpoint=endpoint),
            _("Copy it from Keys and Endpoint: it looks like https://my-resource.openai.azure.com"),
        )
    if parts.scheme == "http" and not is_loopback(endpoint):
        raise SettingsError(
            _("The endpoint {endpoint!r} would send your key unencrypted.").format(endpoint=endpoint),
            _("Write https:// in place of http://."),
        )
    if parts.path.strip("/") or parts.query:
        bare = f"{parts.scheme}://{parts.netloc}"
        raise SettingsError(
            _("The endpoint {endpoint!r} was pasted with a path.").format(endpoint=endpoint),
            _("Keep only {bare} : the openai library adds the rest itself.").format(bare=bare),
        )
    return f"{parts.scheme}://{parts.netloc}"


def _checked_api_version(api_version: str) -> str:
    if not _API_VERSION.match(api_version):
        raise SettingsError(
            _("{name} is {value!r}, which is not an API version.").format(name=API_VERSION, value=api_version),
            _("Use a date such as {example}; it is the API's version, not the model's.").format(
                example=DEFAULT_API_VERSION
            ),
        )
    return api_version

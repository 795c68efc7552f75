"""Who may use the review page: the instructor, who has its address, and no other page, program or user."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lab_helpers.i18n import _

MAX_FORM_BYTES = 256 * 1024
_HOSTS = ("127.0.0.1", "localhost")
_HEADERS = {
    # Not "no-referrer": with that a browser sends our own forms without their origin.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


class Refused(Exception):
    """A request that does not get what it asks for. typed: what would be lost with it."""

    def __init__(self, status: int, problem: str, next_step: str, typed: str = "") -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.next_step = next_step
        self.typed = typed


class Guard:
    """The tokens of one run of the page on `port`.

    The token of the address becomes a cookie, which other pages cannot have a browser send; each form has another.
    """

    def __init__(self, port: int) -> None:
        self.form_token = secrets.token_urlsafe(24)
        self._token = secrets.token_urlsafe(24)
        # Cookies know no ports: two reviews at a time must not take each other's.
        self._cookie = f"lab-review-{port}"
        self._hosts = [f"{host}:{port}" for host in _HOSTS]

    @property
    def address(self) -> str:
        """Where the page is opened."""
        return f"http://{self._hosts[0]}/?token={self._token}"

    def let_in(self, request: Request) -> Response | None:
        """Refuse whoever is not the instructor; the reply to who comes with the address. Raises Refused."""
        # A name that another page's server gives to this machine is no name of ours (DNS rebinding).
        if request.headers.get("host") not in self._hosts:
            raise Refused(421, _("This is not the address of the page."), _("Open the address in the terminal."))
        if _same(request.query_params.get("token", ""), self._token):
            entered = RedirectResponse("/", 303)
            entered.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return entered
        if not _same(request.cookies.get(self._cookie, ""), self._token):
            raise Refused(403, _("This page is for the instructor alone."), _("Open the address in the terminal."))
        return None

    async def form(self, request: Request) -> dict[str, str]:
        """The fields of a form of ours. Raises Refused for any other, and for more than MAX_FORM_BYTES."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_FORM_BYTES:
                raise Refused(413, _("Not saved: that is too much text."), _("Go back and shorten it."))
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        form = {name: values[0] for name, values in fields.items()}
        ours = request.headers.get("origin") in [f"http://{host}" for host in self._hosts]
        if not ours or not _same(form.get("token", ""), self.form_token):
            raise Refused(
                403,
                _("Not saved: the form is not of this run of the page."),
                _("Open the address in the terminal, and save there."),
                typed(form),
            )
        return form


def typed(form: dict[str, str]) -> str:
    """What somebody typed into a form, as a text that can be copied."""
    return "\n".join(text for name in ("points", "comment") if (text := form.get(name, "").strip()))


def with_headers(app: ASGIApp) -> ASGIApp:
    """`app` with the headers that keep its pages from running, sending and being framed, and a nonce in its state."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = {"content-security-policy": _POLICY.format(nonce=nonce)}
                MutableHeaders(scope=message).update(_HEADERS | policy)
            await send(message)

        scope.setdefault("state", {})["nonce"] = nonce
        await app(scope, receive, send_with_headers)

    return application


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())

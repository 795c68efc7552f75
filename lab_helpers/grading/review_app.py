"""The review page: for the instructor alone, served from this machine to this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lab_helpers.errors import GradingError, LabError
from lab_helpers.grading.pages import page
from lab_helpers.grading.records import LONGEST_ANSWER
from lab_helpers.grading.renewal import reports_are_current, rewrite_reports
from lab_helpers.grading.review import (
    Answer,
    Question,
    Show,
    View,
    before_and_after,
    first,
    questions,
    read_comment,
    read_points,
    shown,
)
from lab_helpers.grading.review_guard import Guard, Refused, typed, with_headers
from lab_helpers.grading.store import Decision, Store
from lab_helpers.i18n import _, current_locale
from lab_helpers.mock import bound_socket

Form = dict[str, str]
Handler = Callable[[Request, Form], Response]


class Review:
    """The review of one folder of grades.

    Requests are answered one after the other, each to its end, so that no decision comes between another's being
    compared and written. That is all the locking there is: of two reviews of one folder, run at the same time, each
    reads the file anew before it writes.
    """

    def __init__(self, store: Store, guard: Guard) -> None:
        self._store = store
        self._guard = guard

    def application(self) -> ASGIApp:
        """The page as an ASGI application."""
        routes = [
            Route("/", self._answered(self._list)),
            Route("/exercise/{key}", self._answered(self._begin)),
            Route("/answer/{key}", self._answered(self._read)),
            Route("/answer/{key}", self._answered(self._save), methods=["POST"]),
            Route("/reports", self._answered(self._write_reports), methods=["POST"]),
            Route("/{path:path}", self._answered(self._nothing)),
        ]
        return with_headers(Starlette(routes=routes))

    def write_reports(self) -> bool:
        """Bring the reports up to date; whether there was anything to write. Raises GradingError as they do."""
        if reports_are_current(self._store):
            return False
        rewrite_reports(self._store, current_locale())
        return True

    def _answered(self, handler: Handler) -> Callable[[Request], Any]:
        async def answered(request: Request) -> Response:
            try:
                if entered := self._guard.let_in(request):
                    return entered
                form = await self._guard.form(request) if request.method == "POST" else {}
                try:
                    return handler(request, form)
                except LabError as error:
                    raise Refused(409, error.problem, error.next_step, typed(form)) from error
            except Refused as refused:
                return self._page(request, "review_refused.html", refused.status, refused=refused)

        return answered

    def _list(self, request: Request, _form: Form) -> Response:
        found = self._questions()
        saved = _with_key((one for question in found for one in question.answers), request.query_params.get("saved"))
        return self._page(request, "review_list.html", questions=found, saved=saved, **self._state())

    def _begin(self, request: Request, _form: Form) -> Response:
        view, key = _view(request.query_params), request.path_params["key"]
        question = next((question for question in self._questions() if question.key == key), None)
        if question is None:
            raise Refused(404, _("Nobody handed in an answer to {exercise}.").format(exercise=key), _go_back())
        return _redirect(first(question, view), view)

    def _read(self, request: Request, _form: Form) -> Response:
        return self._answer_page(request, *self._found(request))

    def _save(self, request: Request, form: Form) -> Response:
        question, answer = self._found(request)
        try:
            points = read_points(form.get("points", ""), answer.exercise.out_of)
            decision = Decision(
                answer.exercise.points if "accept" in form else points, read_comment(form.get("comment", ""))
            )
            if form.get("seen") != answer.seen and decision != answer.decision:
                raise _changed_meanwhile(answer)
        except GradingError as error:
            return self._answer_page(request, question, answer, error, form)
        self._store.decide(answer.record.whose, answer.exercise.key, decision)
        view = _view(request.query_params)
        _before, after = before_and_after(answer, question, view)
        return _redirect(after, view, saved=answer.key)

    def _write_reports(self, request: Request, _form: Form) -> Response:
        self.write_reports()
        return _redirect(None, _view(request.query_params))

    def _nothing(self, _request: Request, _form: Form) -> Response:
        raise Refused(404, _("There is no such page."), _go_back())

    def _questions(self) -> list[Question]:
        return questions(self._store.records(), self._store.decisions())

    def _found(self, request: Request) -> tuple[Question, Answer]:
        for question in self._questions():
            if answer := _with_key(question.answers, request.path_params["key"]):
                return question, answer
        raise GradingError(_("This answer is no longer among those handed in."), _go_back())

    def _state(self) -> dict[str, Any]:
        return {"current": reports_are_current(self._store), "folder": self._store.folder}

    def _answer_page(
        self,
        request: Request,
        question: Question,
        answer: Answer,
        error: LabError | None = None,
        form: Form | None = None,
    ) -> Response:
        view = _view(request.query_params)
        order = shown(question, view, besides=answer)
        before, after = before_and_after(answer, question, view)
        own = answer.decision.points
        kept = {"points": "" if own is None else f"{own:g}", "comment": answer.decision.comment}
        return self._page(
            request,
            "review_answer.html",
            422 if error else 200,
            question=question,
            answer=answer,
            place=order.index(answer) + 1,
            total=len(order),
            before=before,
            after=after,
            saved=_with_key(question.answers, request.query_params.get("saved")),
            error=error,
            typed=form or kept,
            longest=LONGEST_ANSWER,
            **self._state(),
        )

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        html = page(
            template,
            current_locale(),
            nonce=request.state.nonce,
            form_token=self._guard.form_token,
            view=_view(request.query_params),
            **values,
        )
        # Half a character that a submission brought out is shown as its escape.
        return Response(html.encode("utf-8", "backslashreplace"), status, media_type="text/html")


def serve_review(store: Store, port: int, announce: Callable[[str], None]) -> bool:
    """Serve the review of `store` until interrupted, then bring the reports up to date; whether they had to be.

    announce: is told the address as soon as it can be opened. Raises GradingError where the class was not graded yet,
    NotInstalled where `port` is taken.
    """
    reports_are_current(store)
    listener = bound_socket(port)
    guard = Guard(listener.getsockname()[1])
    review = Review(store, guard)
    config = uvicorn.Config(
        review.application(),
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    announce(guard.address)
    with suppress(KeyboardInterrupt), listener:
        uvicorn.Server(config).run(sockets=[listener])
    return review.write_reports()


def _view(query: QueryParams) -> View:
    asked = query.get("show")
    return View(next((show for show in Show if show == asked), Show.ALL), query.get("names") == "hidden")


def _redirect(answer: Answer | None, view: View, **more: str) -> Response:
    """To `answer`, else to the list."""
    path = f"/answer/{answer.key}" if answer else "/"
    return RedirectResponse(f"{path}?{view.query}{'&' if more else ''}{urlencode(more)}", 303)


def _with_key(answers: Iterable[Answer], key: str | None) -> Answer | None:
    return next((answer for answer in answers if answer.key == key), None)


def _go_back() -> str:
    return _("Go back to the list of exercises.")


def _changed_meanwhile(answer: Answer) -> GradingError:
    own = answer.decision
    return GradingError(
        _("Not saved: in the meantime this was decided or graded elsewhere. It now has {points} points.").format(
            points=f"{answer.points:g}"
        ),
        _("The comment now is: {comment}. Save again to put yours in its place.").format(comment=own.comment)
        if own.comment
        else _("Save again to put yours in its place."),
    )

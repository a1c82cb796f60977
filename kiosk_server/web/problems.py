"""The only place that turns an error into an answer: status, words, the shape a caller reads."""

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from kiosk_server.core.errors import KioskError
from kiosk_server.web.problem import Problem
from kiosk_server.web.request_context import request_id
from kiosk_server.web.surface import Surface
from kiosk_server.web.words import current_language, message_or, words

log = structlog.get_logger()

_AGAIN_AFTER_SECONDS = 5

CODE_OF_STATUS = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "media_type_unknown",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many",
}


def register_problems(app: Flask) -> None:
    """Let every error of *app* end in one of the two shapes."""

    @app.errorhandler(KioskError)
    def refused(error: KioskError) -> ResponseReturnValue:
        return tell(Problem.of(error, request_id()))

    @app.errorhandler(CSRFError)
    def form_expired(error: CSRFError) -> ResponseReturnValue:
        return tell(Problem(400, "form_expired", request_id(), {}))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < HTTPStatus.BAD_REQUEST:
            return error.get_response(request.environ)
        code = CODE_OF_STATUS.get(HTTPStatus(status), "internal" if status >= 500 else "refused")
        return tell(Problem(status, code, request_id(), {}))

    @app.errorhandler(OperationalError)
    @app.errorhandler(NoConnectionFree)
    def waited_in_vain(error: SQLAlchemyError) -> ResponseReturnValue:
        # Locked for longer than a deed waits, or away: nothing of the deed was kept.
        log.error("database_busy", error=type(error).__name__, request_id=request_id())
        again = {"retry_after_seconds": _AGAIN_AFTER_SECONDS}
        return tell(Problem(503, "busy", request_id(), again))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        # The text of an unknown error may hold personal data: the log gets its kind and place.
        log.exception("request_broken", error=type(error).__name__, request_id=request_id())
        return tell(Problem(500, "internal", request_id(), {}))


def tell(problem: Problem) -> ResponseReturnValue:
    """Answer with *problem* in the shape that the surface's callers read."""
    surface: Surface | None = g.get("surface")
    if wants_json(surface):
        response: ResponseReturnValue = _as_json(problem)
    elif surface is not None and surface.problem_page is not None:
        response = surface.problem_page(problem)
    else:
        response = _as_page(problem)
    made = make_response(response)
    made.status_code = problem.status
    retry = problem.facts.get("retry_after_seconds")
    if retry is not None:
        made.headers["Retry-After"] = str(retry)
    made.headers["Cache-Control"] = "no-store"
    return made


def wants_json(surface: Surface | None) -> bool:
    """Return whether this caller is a program."""
    if surface is not None and surface.problems == "json":
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.path.startswith("/api/")


def title_of(problem: Problem) -> str:
    """Return the sentence that tells a person what happened and what to do."""
    return message_or(f"problem-{problem.code}", f"problem-{problem.fallback_code}")


def _as_json(problem: Problem) -> Response:
    response = jsonify(problem.as_json(title_of(problem)))
    response.content_type = "application/problem+json"
    return response


def _as_page(problem: Problem) -> str:
    return render_template(
        "problem.html",
        problem=problem,
        sentence=title_of(problem),
        language=current_language(),
        words=words,
    )

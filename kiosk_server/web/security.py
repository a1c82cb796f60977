"""
What every answer says to the browser about safety, and the id it is logged under.

No inline script or style anywhere; personal pages are never stored; nothing may be framed.
"""

import secrets

import structlog
from flask import Flask, Response, g, request

from kiosk_server.web.request_context import request_id

log = structlog.get_logger()

PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()"
_WITH_CAMERA = PERMISSIONS.replace("camera=()", "camera=(self)")


def csp_nonce() -> str:
    """Return this answer's nonce for script elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def allow_scanning() -> None:
    """Let the page that is being answered read codes: our camera, and a decoder in WebAssembly."""
    g.scans = True


def allow_position() -> None:
    """Let the page that is being answered ask its browser where it is; we are never told."""
    g.asks_position = True


def _permissions() -> str:
    allowed = _WITH_CAMERA if g.get("scans") else PERMISSIONS
    if g.get("asks_position"):
        allowed = allowed.replace("geolocation=()", "geolocation=(self)")
    return allowed


def _script_sources() -> str:
    compiled = " 'wasm-unsafe-eval'" if g.get("scans") else ""
    return f"'self' 'nonce-{csp_nonce()}'{compiled}"


def _form_targets() -> str:
    """Return where this page's forms may lead, redirects included: here, and what a view named."""
    named: tuple[str, ...] = g.get("form_targets", ())
    return " ".join(("'self'", *named))


def register_security(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer of *app*, and one line in the log."""

    @app.before_request
    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id())

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; "
            f"script-src {_script_sources()}; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
            f"form-action {_form_targets()}; base-uri 'none'; frame-ancestors 'none'",
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", _permissions())
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = request_id()
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        rule = request.url_rule.rule if request.url_rule else "-"
        log.info("answered", method=request.method, route=rule, status=response.status_code)
        return response

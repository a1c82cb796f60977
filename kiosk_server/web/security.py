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
_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'"
)
_PLAIN_POLICY = _POLICY.format(scripts="", forms="")
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
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


def _policy() -> str:
    """Return what this page may load, and where its forms may lead, redirects included."""
    allowed = ""
    if "csp_nonce" in g:
        allowed += f" 'nonce-{csp_nonce()}'"
    if "scans" in g:
        allowed += " 'wasm-unsafe-eval'"
    named: tuple[str, ...] = g.get("form_targets", ())
    if not allowed and not named:
        return _PLAIN_POLICY
    return _POLICY.format(scripts=allowed, forms="".join(f" {target}" for target in named))


def register_security(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer of *app*, and one line in the log."""
    transport = (("Strict-Transport-Security", "max-age=31536000"),) if https else ()

    @app.before_request
    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id())

    @app.after_request
    def finish(response: Response) -> Response:
        said = {name.lower() for name, _ in response.headers}
        wanted = [
            ("Content-Security-Policy", _policy()),
            ("Permissions-Policy", _permissions()),
            *_ALWAYS,
            *transport,
        ]
        for name, value in wanted:
            if name.lower() not in said:
                response.headers.add(name, value)
        response.headers["X-Request-Id"] = request_id()
        rule = request.url_rule.rule if request.url_rule else "-"
        log.info("answered", method=request.method, route=rule, status=response.status_code)
        return response

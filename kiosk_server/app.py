"""The server, put together: a table of contents, nothing else."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import kiosk_ui
import mobile_api
from kiosk_server import web
from kiosk_server.extensions import attach_database, csrf
from kiosk_server.settings import Settings
from kiosk_server.surfaces import surfaces
from kiosk_server.web.assets import AssetTree
from kiosk_server.web.compression import register_compression
from kiosk_server.web.form_cookie import FormCookie
from kiosk_server.web.messages import Messages
from kiosk_server.web.metrics import register_metrics
from kiosk_server.web.problems import register_problems
from kiosk_server.web.request_body import BodyInMemory
from kiosk_server.web.request_context import register_page_reading
from kiosk_server.web.security import csp_nonce, register_security
from kiosk_server.web.surface import register, register_guards
from kiosk_server.web.words import current_language, words

WEB = Path(web.__file__).parent
KIOSK = Path(kiosk_ui.__file__).parent
MOBILE = Path(mobile_api.__file__).parent
LARGEST_BODY_BYTES = 6 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the server that *settings* describe. Nothing is read from outside, nothing started."""
    app = Flask("kiosk_server", static_folder=None, template_folder=str(WEB / "templates"))
    app.request_class = BodyInMemory
    app.session_interface = FormCookie()
    https = settings.public_origin.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret,
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        SESSION_COOKIE_NAME="kiosk_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=https,
        # The terminal's page comes from loopback: a Referer check against our name would fail it.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Checked after the guard of the surface, which knows whether it has forms.
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["kiosk_settings"] = settings
    app.extensions["kiosk_messages"] = Messages(
        [WEB / "locales", KIOSK / "locales", MOBILE / "locales"], strict=not settings.production
    )
    app.extensions["kiosk_assets"] = {
        "": AssetTree("/static", [WEB / "static", KIOSK / "static", MOBILE / "static"]),
        "kiosk": AssetTree("/kiosk/static", [KIOSK / "static", WEB / "static"]),
    }
    app.jinja_env.globals.update(t=words, csp_nonce=csp_nonce, current_language=current_language)
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app,
        x_for=settings.trusted_proxies,
        x_proto=settings.trusted_proxies,
        x_host=0,
    )
    attach_database(app, settings)
    csrf.init_app(app)
    register_metrics(app)
    register_security(app, https=https)
    register_compression(app)
    register_problems(app)
    register_page_reading(app)
    register_guards(app, check_form=csrf.protect)
    for surface in surfaces(settings):
        register(app, surface)
    return app

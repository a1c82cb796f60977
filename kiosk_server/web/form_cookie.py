"""The cookie that carries a form's token: opened where one was sent, left alone everywhere else."""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie; a program, which has none, does not wait for its keys to be made."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds, or an empty session."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it has changed; what nobody looked at needs no word."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

"""The words of this request: its language, and the messages in it."""

from flask import current_app, g, request

from kiosk_server.web.languages import Language, language_of, negotiate
from kiosk_server.web.messages import Argument, Messages


def messages() -> Messages:
    """Return the application's messages."""
    found: Messages = current_app.extensions["kiosk_messages"]
    return found


def current_language() -> Language:
    """Return the language of this request: what the surface chose, else what was asked for."""
    chosen: str | None = g.get("language")
    return language_of(chosen) if chosen else negotiate(request)


def words(message_id: str, **arguments: Argument) -> str:
    """Return a message in the language of this request (`t` in templates)."""
    return messages().text(current_language().code, message_id.replace("_", "-"), **arguments)


def message_or(message_id: str, otherwise: str) -> str:
    """Return the words of *message_id*, or of *otherwise* where nobody wrote any."""
    known = message_id.replace("_", "-")
    return words(known if messages().knows(known) else otherwise)

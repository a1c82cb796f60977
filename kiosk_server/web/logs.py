"""Structured logs: one JSON object a line, ids and enumerated events, no personal data."""

import logging
import sys
import threading
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import ExcInfo

_SPOKEN = ("exc_value", "exc_notes", "syntax_error")
"""What an error says in words: a database quotes the row that it refused, with name and number."""

_describe = ExceptionDictTransformer(show_locals=False)


def configure_logs(level: int = logging.INFO) -> None:
    """Send structured events to standard error, one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.ExceptionRenderer(kinds_and_places),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    threading.excepthook = _log_fallen_thread


def kinds_and_places(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Return an error and its causes by type and line, without a word that any of them says."""
    return _wordless(_describe(exc_info))


def _wordless(described: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for each in described:
        plain = {name: value for name, value in each.items() if name not in _SPOKEN}
        # An exception group holds descriptions of its own.
        plain["exceptions"] = [_wordless(stack) for stack in each.get("exceptions", [])]
        kept.append(plain)
    return kept


def _log_fallen_thread(fallen: threading.ExceptHookArgs) -> None:
    # Python's own hook would print what the error says.
    if fallen.exc_value is None:
        return
    structlog.get_logger().error(
        "thread_fallen",
        thread=fallen.thread.name if fallen.thread else "",
        exc_info=(fallen.exc_type, fallen.exc_value, fallen.exc_traceback),
    )

"""How long this server's live codes live, for the API and the pages alike."""

from datetime import timedelta

from kiosk_server.showing.rules import ShowTerms
from kiosk_server.web.request_context import settings


def show_terms() -> ShowTerms:
    """Return the terms that the settings name."""
    told = settings()
    return ShowTerms(
        life=timedelta(seconds=told.show_code_seconds),
        refresh_after=timedelta(seconds=told.show_code_refresh_seconds),
        most_alive=told.show_codes_alive,
        kept=timedelta(days=told.uses_kept_days),
    )

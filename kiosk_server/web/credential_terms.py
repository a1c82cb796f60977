"""How long this server's offline codes and lists serve, for the phone and for verifiers alike."""

from datetime import timedelta

from kiosk_server.credentials.codes import CodeTerms
from kiosk_server.web.request_context import settings


def code_terms() -> CodeTerms:
    """Return the terms that the settings name."""
    told = settings()
    return CodeTerms(
        window=timedelta(minutes=told.offline_code_minutes),
        status_life=timedelta(hours=told.status_list_hours),
        trust_life=timedelta(days=told.trust_list_days),
    )

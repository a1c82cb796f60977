"""Why an offline code is not to be believed; programs and pages are told the same words."""

from enum import StrEnum


class OfflineReason(StrEnum):
    """What a verifier without a network finds."""

    UNREADABLE = "unreadable"
    NOT_OURS = "not_ours"
    UNKNOWN_ISSUER = "unknown_issuer"
    ALTERED = "altered"
    WRONG_AUDIENCE = "wrong_audience"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WITHHELD = "withheld"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    RESCINDED = "rescinded"
    REVOKED = "revoked"
    STOPPED = "stopped"
    """Its holder fetched newer codes, or the phone that held it was signed out."""
    TRUST_LIST_TOO_OLD = "trust_list_too_old"
    """Nothing speaks against it, but the lists that would say so are over."""

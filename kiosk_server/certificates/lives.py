"""
The life of a certificate, whoever issued it: one table for proofs of this house and for what
departments issue (签发 延续 更正 暂扣 发还 注销 撤销 吊销 失效).

A new version ends the old one in the same breath: there is never a moment at which both verify.
"""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class CertificateState(StrEnum):
    """Where a certificate stands. That its last day is past is a question of today, not a state,
    until somebody lets it lapse."""

    PREPARED = "prepared"
    """About to be issued; never stored."""
    VALID = "valid"
    WITHHELD = "withheld"
    """暂扣: taken away for a while; it can be given back."""
    SUPERSEDED = "superseded"
    """A newer version stands in its place."""
    CANCELLED = "cancelled"
    """注销: ended in order, as when its holder gave it back."""
    RESCINDED = "rescinded"
    """撤销: it should never have been issued."""
    REVOKED = "revoked"
    """吊销: taken away as a penalty."""
    LAPSED = "lapsed"
    """失效: its time was over."""


class CertificateVerb(StrEnum):
    """What is done to a certificate."""

    ISSUE = "issue"
    RENEW = "renew"
    CORRECT = "correct"
    WITHHOLD = "withhold"
    RESTORE = "restore"
    CANCEL = "cancel"
    RESCIND = "rescind"
    REVOKE = "revoke"
    LAPSE = "lapse"


class ChangeReason(StrEnum):
    """Why the state of a certificate changed."""

    RECORD_CORRECTED = "record_corrected"
    REPLACED = "replaced"
    ISSUED_IN_ERROR = "issued_in_error"
    OBTAINED_BY_DECEIT = "obtained_by_deceit"
    HOLDER_GAVE_BACK = "holder_gave_back"
    HOLDER_GONE = "holder_gone"
    PENALTY = "penalty"
    UNDER_INQUIRY = "under_inquiry"
    INQUIRY_OVER = "inquiry_over"
    TIME_OVER = "time_over"
    TOLD_BY_ISSUER = "told_by_issuer"


LIFE: Transitions[CertificateState, CertificateVerb] = Transitions(
    {
        (CertificateState.PREPARED, CertificateVerb.ISSUE): CertificateState.VALID,
        (CertificateState.VALID, CertificateVerb.RENEW): CertificateState.SUPERSEDED,
        (CertificateState.VALID, CertificateVerb.CORRECT): CertificateState.SUPERSEDED,
        (CertificateState.VALID, CertificateVerb.WITHHOLD): CertificateState.WITHHELD,
        (CertificateState.VALID, CertificateVerb.CANCEL): CertificateState.CANCELLED,
        (CertificateState.VALID, CertificateVerb.RESCIND): CertificateState.RESCINDED,
        (CertificateState.VALID, CertificateVerb.REVOKE): CertificateState.REVOKED,
        (CertificateState.VALID, CertificateVerb.LAPSE): CertificateState.LAPSED,
        (CertificateState.WITHHELD, CertificateVerb.RESTORE): CertificateState.VALID,
        (CertificateState.WITHHELD, CertificateVerb.CANCEL): CertificateState.CANCELLED,
        (CertificateState.WITHHELD, CertificateVerb.RESCIND): CertificateState.RESCINDED,
        (CertificateState.WITHHELD, CertificateVerb.REVOKE): CertificateState.REVOKED,
        (CertificateState.WITHHELD, CertificateVerb.LAPSE): CertificateState.LAPSED,
        (CertificateState.LAPSED, CertificateVerb.RENEW): CertificateState.SUPERSEDED,
        (CertificateState.LAPSED, CertificateVerb.CANCEL): CertificateState.CANCELLED,
        (CertificateState.LAPSED, CertificateVerb.RESCIND): CertificateState.RESCINDED,
    }
)


def verb_between(state: CertificateState, told: CertificateState) -> CertificateVerb | None:
    """Return the one verb that leads from *state* to *told* by an issuer's word, or None.

    A new version is never guessed from a state: renewing and correcting bring a version along.
    """
    by_version = (CertificateVerb.RENEW, CertificateVerb.CORRECT)
    for at, verb, after in LIFE:
        if at is state and after is told and verb not in by_version:
            return verb
    return None

"""How a verdict looks: words, tone and sign together, never colour alone."""

from dataclasses import dataclass

from flask import render_template

from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.queries import CopyWords, Finding
from kiosk_server.certificates.rules import Reason

_TONES: dict[Reason | None, tuple[str, str]] = {
    None: ("good", "check"),
    Reason.UNKNOWN: ("warn", "help"),
    Reason.ALTERED: ("stop", "cross"),
    Reason.NOT_YET_VALID: ("warn", "clock"),
    Reason.WITHHELD: ("stop", "cross"),
    Reason.SUPERSEDED: ("stop", "cross"),
    Reason.CANCELLED: ("stop", "cross"),
    Reason.RESCINDED: ("stop", "cross"),
    Reason.REVOKED: ("stop", "cross"),
    Reason.EXPIRED: ("warn", "clock"),
    Reason.STOPPED: ("stop", "cross"),
}


@dataclass(frozen=True)
class VerdictPage:
    """What the page about one paper shows; `shown` is None where no proof may lend its name."""

    token: str
    word: str
    genuine: bool
    tone: str
    symbol: str
    shown: Certificate | None
    copy: CopyWords | None
    facts: tuple[Fact, ...] = ()
    document_compared: bool = False
    document_fault: str | None = None


def verdict_page(
    token: str,
    finding: Finding,
    *,
    facts: tuple[Fact, ...] = (),
    document_compared: bool = False,
    document_fault: str | None = None,
) -> str:
    """The page about one paper, in the language of the request."""
    tone, symbol = _TONES[finding.verdict.reason]
    page = VerdictPage(
        token=token,
        word=finding.verdict.word,
        genuine=finding.verdict.genuine,
        tone=tone,
        symbol=symbol,
        shown=finding.shown,
        copy=finding.copy,
        facts=facts,
        document_compared=document_compared,
        document_fault=document_fault,
    )
    return render_template("public/verdict.html", page=page)


def verdict_json(finding: Finding) -> dict[str, object]:
    """The same verdict for a program: never more than the page says before the touch."""
    shown, copy = finding.shown, finding.copy
    if copy is not None:
        told = {"purpose": copy.purpose, "recipient": copy.recipient, "copy_number": copy.number}
        until = copy.valid_until.isoformat()
        return {**_told(finding, shown), **told, "valid_until": until}
    return _told(finding, shown)


def _told(finding: Finding, shown: Certificate | None) -> dict[str, object]:
    return {
        "genuine": finding.verdict.genuine,
        "reason": finding.verdict.reason,
        "number": shown.number if shown else None,
        "issuer": shown.issuer if shown else None,
        "kind": shown.kind if shown else None,
        "issued_on": shown.issued_on.isoformat() if shown else None,
        "valid_until": shown.valid_until.isoformat() if shown and shown.valid_until else None,
        "masked_holder": shown.masked_holder if shown else None,
        "bears_seal": shown.bears_seal if shown else None,
        "sample": shown.sample if shown else None,
    }

"""Look a paper up for a request: the limit first, then the verdict, then what must be noted."""

from dataclasses import dataclass

from flask import request

from kiosk_server.certificates import queries, services
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.queries import Finding
from kiosk_server.certificates.rules import Channel, Reason
from kiosk_server.public import guessing
from kiosk_server.showing.uses import NewUse, record_use
from kiosk_server.web.request_context import database

_WRONG = (Reason.UNKNOWN, Reason.ALTERED)


@dataclass(frozen=True)
class Look:
    """A recorded look: the verdict, and the facts to compare where there is a proof to show."""

    finding: Finding
    facts: tuple[Fact, ...] = ()


def judge(token: str) -> Finding:
    """The verdict over `token`. A right code changes nothing at all; wrong ones are counted.

    Raises TooMany when this neighbourhood has guessed too often. A code that was scanned whole,
    with its right check, is no guess and is answered even then: one who guesses on a shared
    network must not make every paper there unverifiable.
    """
    address = request.remote_addr
    with database().reading() as session:
        waiting = guessing.must_wait(session, address)
        finding = queries.find(session, token)
    wrong = finding.verdict.reason in _WRONG
    if waiting and (wrong or not finding.with_check):
        guessing.make_wait(database(), address)
    if finding.readable and wrong:
        guessing.count_wrong(database(), address, finding)
    return finding


def look(token: str, *, offered: bytes | None = None) -> Look:
    """Record one look for the holder and return what it showed; wrong codes as in `judge`.

    `offered` is a document that was handed in for comparison.
    """
    finding = judge(token)
    if finding.shown is None:
        return Look(finding)
    with database().unit_of_work() as session:
        finding = queries.find(session, token, offered=offered)
        certificate = finding.certificate
        if certificate is None:
            return Look(finding)
        channel = Channel.SCAN if finding.with_check else Channel.TYPED
        if offered is not None:
            channel = Channel.DOCUMENT
        record_use(session, certificate, NewUse(channel, finding.verdict.word))
        if finding.verdict.reason in _WRONG:
            services.record_refusal(session, certificate, verdict=finding.verdict)
            return Look(finding)
        if finding.copy is not None:
            # A copy that is over shows nothing any more of what it was made for.
            return Look(finding, finding.copy.facts if finding.verdict.genuine else ())
        return Look(finding, queries.facts_of(session, certificate))

"""
A simulated sharing service (模拟电子证照): the unreal certificates of `data/certificates.toml`.

It answers as departments do, says that it is simulated, and can be told which types sleep.
"""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from kiosk_server.certificates.certificate_types import CertificateType
from kiosk_server.certificates.identifier import build
from kiosk_server.certificates.metadata import HolderCode, state_told
from kiosk_server.certificates.ports import (
    Errand,
    FileAnswer,
    FileKind,
    FileVerdict,
    FindAnswer,
    Held,
    HeldCertificate,
    HolderQuery,
    NoFile,
    NothingHeld,
    ReportAnswer,
    Reported,
    SourceDown,
    Use,
    VerifyAnswer,
)
from kiosk_server.core import clock

CERTIFICATES = Path(__file__).parent / "data" / "certificates.toml"
_CURRENT = "01"


class SimulatedCertificates:
    """Holds what the data file says, for every type whether its code is known or not."""

    simulated = True

    def __init__(self, data: Path = CERTIFICATES, *, asleep: Collection[str] = ()) -> None:
        """*asleep* names types whose department does not answer."""
        kept = tomllib.loads(data.read_text("utf-8"))
        self._holders: dict[tuple[str, str], dict[str, Any]] = {
            (holder.get("code_kind", HolderCode.CITIZEN.value), holder["code"]): holder
            for holder in kept["holder"]
        }
        self._asleep = frozenset(asleep)

    def find_by_holder(self, query: HolderQuery, errand: Errand) -> FindAnswer:
        """Return the certificates of one type in the data."""
        if query.type.id in self._asleep:
            return SourceDown()
        holder = self._holders.get((query.code_kind.value, query.code), {})
        found = tuple(
            _held(_of_today(told), holder, query)
            for told in holder.get("certificate", ())
            if told["type"] == query.type.id
        )
        return Held(found) if found else NothingHeld()

    def fetch_file(self, identifier: str, kind: FileKind, errand: Errand) -> FileAnswer:
        """Say that there is no file: what is made up has no issuer's file."""
        return NoFile()

    def verify_file(self, data: bytes, errand: Errand) -> VerifyAnswer:
        """Say that nobody stands by a file."""
        return FileVerdict(genuine=False, told="simulated")

    def report_use(self, identifier: str, use: Use, errand: Errand) -> ReportAnswer:
        """Take a report that goes nowhere."""
        return Reported()


def _of_today(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what holds today: what is renewed at its end has the days of its latest renewal."""
    if not told.get("renewed"):
        return told
    began, ends, today = told["valid_from"], told["valid_until"], clock.beijing_today()
    years = ends.year - began.year
    while ends < today:
        began, ends = ends, ends.replace(year=ends.year + years)
    return {**told, "issued_on": began, "valid_from": began, "valid_until": ends}


def _held(
    told: Mapping[str, Any], holder: Mapping[str, Any], query: HolderQuery
) -> HeldCertificate:
    shared = {
        "holder_name": holder["name"],
        "holder_code": holder["code"],
        "issuer": told["issuer"],
        "issued_on": told["issued_on"].isoformat(),
    }
    days = {name: told[name].isoformat() for name in ("valid_from", "valid_until") if name in told}
    content = {**shared, **days, **told["content"]}
    return HeldCertificate(
        identifier=_identifier(told, query.type),
        state=state_told(told.get("state", _CURRENT)),
        issuer=told["issuer"],
        issued_on=told["issued_on"],
        valid_from=told.get("valid_from"),
        valid_until=told.get("valid_until"),
        content={each.id: content[each.id] for each in query.type.fields if each.id in content},
    )


def _identifier(told: Mapping[str, Any], kind: CertificateType) -> str | None:
    if kind.code is None or "identifier_serial" not in told:
        return None
    return build(kind.code, told["issuer_code"], told["identifier_serial"])

"""
The sharing service over HTTP (电子证照共享服务): timed, fused by type, believed only when it opens.

    POST BASE/main/CertShare/queryCertInfoByHolderCode   find_by_holder
    POST BASE/main/CertShare/DownloadFile                fetch_file
    POST BASE/main/CertShare/VerifyFile                  verify_file
    POST BASE/main/CertShare/ReportUse                   report_use

The first three are names in use; how a use is reported differs by region. A question is sent once:
a person waits for the answer, and his wallet asks again. After five failures in a row a type is
left alone for half a minute.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

import requests
import structlog

from kiosk_server.certificates.ports import (
    Errand,
    FetchedFile,
    FileAnswer,
    FileKind,
    FileVerdict,
    FindAnswer,
    Held,
    HolderQuery,
    NoFile,
    NotElectronicYet,
    NothingHeld,
    ReportAnswer,
    Reported,
    SourceDown,
    SourceRefused,
    Use,
    VerifyAnswer,
)
from kiosk_server.core import clock
from kiosk_server.gateways.certificates_wire import OK, Unreadable, cause, certificates_in
from kiosk_server.gateways.exchanges import Heard
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.private_line import TooLarge, content_within, private_session
from kiosk_server.gateways.sm2 import CannotOpen, CertDataOpener

log = structlog.get_logger()

_LARGEST_ANSWER = 12 * 1024 * 1024
_MEDIA_TYPES = {FileKind.OFD: "application/ofd", FileKind.PNG: "image/png"}
_FILES, _REPORTS = "files", "reports"
_COPY_MINUTES = 10


class _NoAnswer(Exception):
    """The service did not answer, or its answer cannot be believed; `str` says which."""


class HttpCertificates:
    """One sharing service at *base*, with what it knows us by and what opens its answers."""

    simulated = False

    def __init__(
        self,
        base: str,
        access_id: str,
        token: str,
        opener: CertDataOpener,
        *,
        timeout_seconds: float = 4.0,
        heard: Heard | None = None,
    ) -> None:
        self._heard = heard
        self._base = f"{base.rstrip('/')}/main/CertShare"
        self._head = {"accessId": access_id, "accessToken": token}
        self._opener = opener
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._fuses: dict[str, Fuse] = {}

    def find_by_holder(self, query: HolderQuery, errand: Errand) -> FindAnswer:
        """Ask for one type of one holder; a type without a code cannot be asked for."""
        if query.type.code is None:
            return NotElectronicYet()
        asked = {
            "holderCode": query.code,
            "holderTypeCode": query.code_kind.value,
            "certTypeCode": query.type.code,
            "certNo": "",
            "useCause": cause(errand),
        }
        answer = self._ask(query.type.id, "queryCertInfoByHolderCode", asked)
        if not isinstance(answer, Mapping):
            return answer
        sealed = answer.get("certData")
        if not sealed:
            return NothingHeld()
        try:
            text = self._opener.open(bytes.fromhex(str(sealed)))
            found = certificates_in(text, query.type)
        except (CannotOpen, Unreadable, ValueError) as fault:
            log.warning("certificates_unbelieved", type=query.type.id, why=type(fault).__name__)
            return SourceDown()
        return Held(found) if found else NothingHeld()

    def fetch_file(self, identifier: str, kind: FileKind, errand: Errand) -> FileAnswer:
        """Fetch the issuer's file; it may be fetched again for ten minutes."""
        asked = {
            "fileType": kind.value,
            "certIdentifier": identifier,
            "useCause": cause(errand),
            "expiryTime": _COPY_MINUTES,
        }
        answer = self._ask(_FILES, "DownloadFile", asked)
        if not isinstance(answer, Mapping):
            return answer
        if not answer.get("fileData"):
            return NoFile()
        try:
            data = base64.b64decode(str(answer["fileData"]), validate=True)
        except (binascii.Error, ValueError):
            return SourceDown()
        return FetchedFile(data, _MEDIA_TYPES[kind])

    def verify_file(self, data: bytes, errand: Errand) -> VerifyAnswer:
        """Ask whether the issuer stands by a file."""
        asked = {"fileData": base64.b64encode(data).decode(), "useCause": cause(errand)}
        answer = self._ask(_FILES, "VerifyFile", asked)
        if not isinstance(answer, Mapping):
            return answer
        told = str(answer.get("result", ""))
        return FileVerdict(told == "1", told)

    def report_use(self, identifier: str, use: Use, errand: Errand) -> ReportAnswer:
        """Tell of one use: scene and time."""
        asked = {
            "certIdentifier": identifier,
            "scene": use.scene,
            "useTime": clock.to_beijing(use.at).strftime("%Y-%m-%d %H:%M:%S"),
            "useCause": cause(errand),
        }
        answer = self._ask(_REPORTS, "ReportUse", asked)
        return Reported() if isinstance(answer, Mapping) else answer

    def _ask(
        self, about: str, operation: str, data: Mapping[str, object]
    ) -> Mapping[str, Any] | SourceDown | SourceRefused:
        fuse = self._fuses.setdefault(about, Fuse(self._heard))
        if fuse.is_blown(clock.now()):
            return SourceDown()
        try:
            answer = self._once(operation, data)
        except _NoAnswer as fault:
            log.warning("certificates_no_answer", about=about, why=str(fault))
            fuse.strain(clock.now())
            return SourceDown()
        fuse.mend()
        return answer

    def _once(
        self, operation: str, data: Mapping[str, object]
    ) -> Mapping[str, Any] | SourceRefused:
        body = json.dumps({"head": self._head, "data": data}, ensure_ascii=False).encode()
        try:
            # A session for each question: several threads ask at once, and sessions are not
            # made for that.
            with (
                private_session() as session,
                session.post(
                    f"{self._base}/{operation}",
                    data=body,
                    headers={"Content-Type": "application/json"},
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                content = content_within(answer, _LARGEST_ANSWER)
                if answer.status_code != requests.codes.ok:
                    raise _NoAnswer(f"http_{answer.status_code}")
        except TooLarge:
            raise _NoAnswer("too_large") from None
        except requests.Timeout:
            raise _NoAnswer("timeout") from None
        except (requests.RequestException, OSError):
            raise _NoAnswer("connection") from None
        return _told(content)


def _told(content: bytes) -> Mapping[str, Any] | SourceRefused:
    try:
        match json.loads(content):
            case {"head": {"status": status}, **rest}:
                if str(status) != OK:
                    return SourceRefused(str(status)[:20])
                data = rest.get("data") or {}
                if isinstance(data, dict):
                    return data
    except ValueError:
        pass
    raise _NoAnswer("unreadable")

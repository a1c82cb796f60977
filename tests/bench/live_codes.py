"""
Live codes: made and looked up over HTTP, against bare routes with the same writes in raw SQL, and
the drawing of the QR.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select, text

from kiosk_server.app import create_app
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.residents.models import PhoneAccount
from kiosk_server.settings import Settings
from kiosk_server.showing import codes
from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured, nothing, seconds_in_turns
from tests.support.phone import AYGUL, Program
from tests.support.showing import PIN
from tests.support.wallets import FilledPlatform, licence, opened

CODES = 20
QR_AIM_MS = 3.0
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_AUDIT = text(
    "INSERT INTO audit_entry (at, event, actor_kind, actor_id, subject_kind, subject_id, facts)"
    " VALUES (:at, 'bench', 'account', :id, 'show_code', :id, '{}')"
)


@dataclass
class Shop:
    """A phone that may show, and whoever scans it."""

    phone: Program
    scanner: FlaskClient
    wanted: dict[str, str]
    form: str

    def make_and_look_up(self) -> None:
        """Make codes and look each up."""
        for _ in range(CODES):
            self._one()

    def _one(self) -> None:
        made = self.phone.call("POST", "/show-codes", json=self.wanted)
        assert made.status_code == 201, made.text
        seen = self.scanner.post(
            f"/s/{made.get_json()['token']}",
            data={"csrf_token": self.form},
            headers={"Accept": "application/json"},
        )
        assert seen.get_json()["genuine"], seen.text


def measure() -> Iterator[Measured]:
    """Yield milliseconds for one code and for one QR."""
    with fresh_ground() as (settings, database):
        yield _codes(settings, database)
        yield _drawing(settings)


def _codes(settings: Settings, database: Database) -> Measured:
    server = create_app(settings)
    shop, bare = _shop(server, database), _bare(database)
    most, codes.MADE_PER_TEN_MINUTES = codes.MADE_PER_TEN_MINUTES, 10**6
    theirs = bare.test_client()
    try:
        seconds = seconds_in_turns(
            shop.make_and_look_up,
            lambda: _make_and_look_up(theirs, shop),
        )
    finally:
        codes.MADE_PER_TEN_MINUTES = most
        server.extensions["kiosk_database"].dispose()
    ours_ms, theirs_ms = (each / CODES * 1000 for each in seconds)
    against = "bare routes, the same writes in raw SQL"
    return Measured("a live code made and looked up", ours_ms, theirs_ms, "ms", against)


def _drawing(settings: Settings) -> Measured:
    address = f"{settings.public_origin}/s/{new_token(128)}"
    ours, _ = seconds_in_turns(lambda: [qr_svg(address) for _ in range(CODES)], nothing)
    return Measured("a live code drawn", ours / CODES * 1000, QR_AIM_MS, "ms", "the aim")


def _shop(server: Flask, database: Database) -> Shop:
    phone = Program(server).sign_in()
    assert phone.prove(AYGUL).status_code == 200
    assert phone.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    with database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one() or ""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(database, platform, person(resident), types=["driving_licence"])
    with database.reading() as session:
        certificate = session.scalars(select(Certificate.id)).one()
    scanner = server.test_client()
    found = _CSRF.search(scanner.get("/s/-").text)
    assert found is not None
    wanted = {"certificate_id": certificate, "scene": "transport"}
    return Shop(phone, scanner, wanted, found[1])


def _make_and_look_up(client: FlaskClient, shop: Shop) -> None:
    for _ in range(CODES):
        made = client.post("/codes", json={**shop.wanted, "phone": shop.phone.tokens["phone_id"]})
        assert client.post(f"/s/{made.get_json()['token']}").get_json()["genuine"]


def _bare(database: Database) -> Flask:
    bare = Flask("bare")

    @bare.post("/codes")
    def make() -> dict[str, str]:
        told, row, token = request.get_json(), new_id(), new_token(128)
        with database.unit_of_work() as session:
            now = datetime.now(UTC).replace(tzinfo=None)
            session.execute(
                text(
                    "INSERT INTO show_code (id, token_digest, actor_id, phone_id, certificate_id,"
                    " scene, mode, state, made_at, expires_at, refusals) VALUES (:id, :digest,"
                    " 'bench', :phone, :certificate_id, :scene, 'present', 'alive', :at, :at, 0)"
                ),
                {**told, "id": row, "digest": digest(token), "at": now},
            )
            session.execute(_AUDIT, {"id": row, "at": now})
        return {"token": token}

    @bare.post("/s/<token>")
    def look_up(token: str) -> dict[str, bool]:
        with database.unit_of_work() as session:
            now = datetime.now(UTC).replace(tzinfo=None)
            used = session.execute(
                text(
                    "UPDATE show_code SET state = 'used' WHERE token_digest = :digest"
                    " AND state = 'alive' RETURNING id, certificate_id"
                ),
                {"digest": digest(token)},
            ).one()
            session.execute(
                text(
                    "INSERT INTO certificate_usage (id, certificate_id, holder, at, channel,"
                    " outcome, scene, fields, show_code_id) VALUES (:id, :certificate, 'bench',"
                    " :at, 'live_code', 'genuine', 'transport', '', :code)"
                ),
                {"id": new_id(), "certificate": used[1], "at": now, "code": used[0]},
            )
            for _ in range(2):
                session.execute(_AUDIT, {"id": used[0], "at": now})
        return {"genuine": True}

    return bare

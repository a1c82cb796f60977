"""Files of copies and of objections are kept as long as the settings say, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kiosk_server.audit.services import Actor
from kiosk_server.certificates import copies, keeping, objections
from kiosk_server.certificates.copies import CopyTools, CopyWish
from kiosk_server.certificates.models import AnnotatedCopy, Certificate, ObjectionEvidence
from kiosk_server.certificates.objections import Complaint, Evidence
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.files.models import StoredFile
from kiosk_server.gateways.seals import NoSealSystem
from tests.support.certificates import issued
from tests.support.wallets import QuickPress, mother

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
KEPT = timedelta(days=30)


def files_kept(database: Database) -> int:
    """How many files there are."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(StoredFile)) or 0


@pytest.mark.policy("P63")
def test_a_copy_loses_its_files_some_time_after_its_last_day(database: Database) -> None:
    """Not a day too early; its row and digest stay for whoever holds the paper."""
    her = mother(database)
    with clock.frozen(NOON):
        with database.unit_of_work() as session:
            certificate = issued(session, resident_id=her.id).id
        wish = CopyWish("测试用途", "", ("number",), clock.beijing_today() + timedelta(days=7))
        tools = CopyTools(QuickPress(), NoSealSystem(), "http://127.0.0.1:8000")
        by = Actor("resident", her.id)
        copy_id = copies.produce(database, tools, her.id, certificate, wish, by=by)
    for days, left in ((37, 2), (38, 0)):
        with clock.frozen(NOON + timedelta(days=days)), database.unit_of_work() as session:
            keeping.forget_copy_files(session, KEPT)
        assert files_kept(database) == left
    with database.reading() as session:
        copy = session.get_one(AnnotatedCopy, copy_id)
        assert (copy.pdf_file_id, copy.png_file_id) == (None, None)
        assert copy.digest is not None


@pytest.mark.policy("P63")
def test_evidence_goes_some_time_after_the_objection_has_ended(database: Database) -> None:
    """While it is open it stays, however old."""
    her = mother(database)
    by = Actor("resident", her.id)
    with clock.frozen(NOON), database.unit_of_work() as session:
        issued(session, resident_id=her.id)
        certificate = session.scalars(select(Certificate.id)).one()
        complaint = Complaint("content", "不对", (Evidence(b"\xff\xd8\xff picture", "image/jpeg"),))
        objection = objections.raise_objection(session, her.id, certificate, complaint, by=by).id
    with clock.frozen(NOON + timedelta(days=400)), database.unit_of_work() as session:
        assert keeping.forget_evidence(session, KEPT) == 0
        objections.withdraw(session, her.id, objection, by=by)
    with clock.frozen(NOON + timedelta(days=400)), database.unit_of_work() as session:
        assert keeping.forget_evidence(session, KEPT) == 1
        assert session.scalars(select(ObjectionEvidence)).all() == []
    assert files_kept(database) == 0

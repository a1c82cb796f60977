"""Copies for one purpose, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.certificates import copies, queries, versions
from kiosk_server.certificates.copies import CopyTools, CopyWish
from kiosk_server.certificates.holders import Holder
from kiosk_server.certificates.lives import ChangeReason
from kiosk_server.certificates.models import AnnotatedCopy, Certificate
from kiosk_server.certificates.rules import Reason
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.files import services as files
from kiosk_server.gateways.seals import NoSealSystem, SimulatedSeals
from kiosk_server.printing.documents.copy_press import CertificatePress
from tests.support.wallets import (
    STRANGER,
    FilledPlatform,
    QuickPress,
    licence,
    mother,
    opened,
    resident,
)

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8000"
WISH = CopyWish("办理车辆保险", "测试保险公司", ("number", "vehicle_class"), date(2026, 12, 1))


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def her(database: Database) -> Holder:
    """Somebody with a driving licence that ends on 15 December."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold("driving_licence", licence(valid_until=date(2026, 12, 15)))
    opened(database, platform, holder, types=["driving_licence"])
    return holder


def licence_id(database: Database) -> str:
    with database.reading() as session:
        return session.scalars(select(Certificate.id)).one()


def made(database: Database, her: Holder, wish: CopyWish = WISH) -> tuple[str, QuickPress]:
    """A copy made by its holder, and the press that saw its paper."""
    press = QuickPress()
    tools = CopyTools(press, SimulatedSeals(), ORIGIN)
    by = Actor("resident", her.id)
    return copies.produce(database, tools, her.id, licence_id(database), wish, by=by), press


def verdict(database: Database, code: str) -> Reason | None:
    with database.reading() as session:
        return queries.find(session, code).verdict.reason


@pytest.mark.policy("P34")
def test_a_copy_shows_the_chosen_fields_and_what_it_is_for(database: Database, her: Holder) -> None:
    """Two fields were chosen, two are on it; purpose, recipient and last day come with it."""
    copy_id, press = made(database, her)
    (paper,) = press.papers
    assert [fact.label for fact in paper.facts] == ["证照编号", "准驾车型"]
    assert paper.annotation is not None
    assert (paper.annotation.purpose, paper.annotation.recipient) == (WISH.purpose, WISH.recipient)
    assert paper.sample
    assert paper.seal is not None
    assert paper.seal.simulated
    token = paper.annotation.verify_url.rsplit("/", 1)[-1]
    with database.reading() as session:
        finding = queries.find(session, token)
        assert finding.verdict.genuine
        assert finding.copy is not None
        assert finding.copy.purpose == WISH.purpose
        assert finding.copy.facts == paper.facts
        copy = copies.copy_for(session, her.id, copy_id)
        assert finding.copy.number == copy.number == "JZ-2026-000001"
        assert files.read(session, copy.pdf_file_id or "").startswith(b"%PDF")
        assert copies.copies_of(session, her.id) == [copy]
        events = list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events[-1] == "certificate.copy_made"


@pytest.mark.policy("P34")
def test_purpose_and_recipient_lie_sealed(database: Database, her: Holder) -> None:
    """What for and for whom tells of a person's life: neither stands in clear."""
    made(database, her)
    with database.reading() as session:
        row = session.execute(text("SELECT * FROM annotated_copy")).one()
    clear = " ".join(str(value) for value in row if not isinstance(value, bytes | memoryview))
    assert WISH.purpose not in clear
    assert WISH.recipient not in clear


def test_a_copy_is_over_after_its_day_and_when_it_is_stopped(
    database: Database, her: Holder
) -> None:
    """On its last day it serves, a day later it does not; stopped it does not at once."""
    copy_id, press = made(database, her)
    assert press.papers[0].annotation is not None
    code = press.papers[0].annotation.verify_code
    for day, reason in ((1, None), (2, Reason.EXPIRED)):
        with clock.frozen(datetime(2026, 12, day, 4, tzinfo=UTC)):
            assert verdict(database, code) is reason
    with database.unit_of_work() as session:
        copies.stop(session, her.id, copy_id, by=Actor("resident", her.id))
        copies.stop(session, her.id, copy_id, by=Actor("resident", her.id))
    assert verdict(database, code) is Reason.STOPPED


@pytest.mark.policy("P32")
def test_a_copy_ends_with_its_certificate(database: Database, her: Holder) -> None:
    """What was withheld from its holder serves in no copy either."""
    _, press = made(database, her)
    assert press.papers[0].annotation is not None
    with database.unit_of_work() as session:
        row = session.scalars(select(Certificate)).one()
        versions.withhold(
            session, row, reason=ChangeReason.TOLD_BY_ISSUER, by=Actor("system", "system")
        )
    assert verdict(database, press.papers[0].annotation.verify_code) is Reason.WITHHELD
    with pytest.raises(Conflict):
        made(database, her)


def test_a_copys_document_is_recognised(database: Database, her: Holder) -> None:
    """Its own bytes match, others are altered; a made-up check is altered too."""
    copy_id, press = made(database, her)
    assert press.papers[0].annotation is not None
    token = press.papers[0].annotation.verify_url.rsplit("/", 1)[-1]
    with database.reading() as session:
        copy = session.get_one(AnnotatedCopy, copy_id)
        data = files.read(session, copy.pdf_file_id or "")
        assert queries.find(session, token, offered=data).verdict.genuine
        altered = queries.find(session, token, offered=data + b" ")
        assert altered.verdict.reason is Reason.ALTERED
        assert altered.copy is None
        assert queries.find(session, token[:-13] + "0" * 13).verdict.reason is Reason.ALTERED


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        ("purpose", {"purpose": " "}),
        ("purpose", {"purpose": "用" * 41}),
        ("recipient", {"recipient": "某" * 41}),
        ("fields", {"fields": ()}),
        ("fields", {"fields": ("number", "ethnic_group")}),
        ("valid_until", {"valid_until": date(2026, 11, 19)}),
        ("valid_until", {"valid_until": date(2026, 12, 16)}),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(
    database: Database, her: Holder, at: str, changes: dict[str, object]
) -> None:
    """Too long, nothing chosen, a field that is not there, a day past the certificate's own."""
    with pytest.raises(Invalid) as refused:
        made(database, her, replace(WISH, **changes))  # type: ignore[arg-type]
    assert [fault.at for fault in refused.value.fields] == [at]


@pytest.mark.policy("P34")
def test_nobody_copies_or_fetches_anothers(database: Database, her: Holder) -> None:
    """Another person's certificate and copy are not found."""
    copy_id, _ = made(database, her)
    with database.unit_of_work() as session:
        stranger = resident(session, STRANGER, "测试·买买提")
        with pytest.raises(NotFound):
            copies.copy_for(session, stranger, copy_id)
        with pytest.raises(NotFound):
            copies.own_view(session, stranger, licence_id(database))


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.policy("P36")
def test_both_forms_are_really_set(database: Database, her: Holder) -> None:
    """A PDF/A and a picture come out, with seal and without, and of the holder's own view."""
    press = CertificatePress()
    by = Actor("resident", her.id)
    for seals in (NoSealSystem(), SimulatedSeals()):
        tools = CopyTools(press, seals, ORIGIN)
        copy_id = copies.produce(database, tools, her.id, licence_id(database), WISH, by=by)
        with database.reading() as session:
            copy = session.get_one(AnnotatedCopy, copy_id)
            assert files.read(session, copy.pdf_file_id or "").startswith(b"%PDF-1.7")
            assert files.read(session, copy.png_file_id or "").startswith(b"\x89PNG")
    with database.reading() as session:
        own = press.render(copies.own_view(session, her.id, licence_id(database)))
    assert own.png.startswith(b"\x89PNG")

"""A holder's wallet on both databases: what is here, why not, and how it follows departments."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from kiosk_server.audit.models import AuditEntry
from kiosk_server.certificates import queries
from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.ports import NotElectronicYet, SourceDown, SourceRefused
from kiosk_server.certificates.rules import Reason
from kiosk_server.certificates.wallet import Result, Wallet, WalletEntry
from kiosk_server.certificates.wallet_keeping import ASKED_AGAIN_AFTER, forget_contents
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from tests.support.certificates import issued
from tests.support.wallets import DAY, MOTHER, FilledPlatform, licence, mother, opened

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
TYPE = "driving_licence"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing unless a test says otherwise."""
    with clock.frozen(NOON):
        yield


def entry(wallet: Wallet, type_id: str = TYPE) -> WalletEntry:
    """What a wallet says of one type."""
    return next(each for each in wallet.entries if each.type.id == type_id)


@pytest.mark.policy("P30")
def test_every_kind_is_named_with_what_became_of_it(database: Database) -> None:
    """Here, source down, not found, not yet electronic: each with the desk and telephone to ask."""
    platform = FilledPlatform()
    platform.hold(TYPE, licence())
    platform.answers |= {
        "passport": SourceDown(),
        "id_card": SourceRefused("401"),
        "birth_certificate": NotElectronicYet(),
    }
    wallet = opened(database, platform, mother(database))
    assert [each.type.id for each in wallet.entries] == [
        kind.id for kind in certificate_types().values() if kind.for_person
    ]
    told = {each.type.id: each.result for each in wallet.entries}
    assert told[TYPE] is Result.HERE
    assert told["passport"] is told["id_card"] is Result.SOURCE_DOWN
    assert told["birth_certificate"] is Result.NOT_YET_ELECTRONIC
    assert told["marriage_certificate"] is told["proof"] is Result.NOT_FOUND
    assert all(each.ask.phone and each.ask.desk["zh"] for each in wallet.entries)


@pytest.mark.policy("P30")
def test_proofs_of_this_house_stand_beside_them(database: Database) -> None:
    """What was issued here is in the wallet of its holder without asking anybody."""
    holder = mother(database)
    with database.unit_of_work() as session:
        issued(session, resident_id=holder.id)
    platform = FilledPlatform()
    (proof,) = entry(opened(database, platform, holder), "proof").certificates
    assert proof.content["number"] == "TEST-2026-000001"
    assert "proof" not in platform.asked


@pytest.mark.policy("P34", "P37")
def test_what_departments_told_lies_sealed(database: Database) -> None:
    """No number and no name of a department's certificate stands in clear in the row."""
    platform = FilledPlatform()
    platform.hold(TYPE, licence())
    (held,) = entry(opened(database, platform, mother(database))).certificates
    assert held.content["number"] == MOTHER
    with database.reading() as session:
        row = session.execute(text("SELECT * FROM certificate")).one()
    clear = " ".join(str(value) for value in row if not isinstance(value, bytes | memoryview))
    assert MOTHER not in clear
    assert "阿依古丽" not in clear


def test_departments_are_asked_again_only_when_it_is_time(database: Database) -> None:
    """What is kept is not asked for; a source that was down is asked again after a minute."""
    holder, platform = mother(database), FilledPlatform()
    platform.answers["passport"] = SourceDown()
    opened(database, platform, holder)
    platform.asked.clear()
    opened(database, platform, holder)
    assert platform.asked == []
    with clock.frozen(NOON + ASKED_AGAIN_AFTER):
        opened(database, platform, holder)
    assert platform.asked == ["passport"]
    platform.asked.clear()
    opened(database, platform, holder, types=[TYPE], anew=True)
    assert platform.asked == [TYPE]
    platform.asked.clear()
    with clock.frozen(NOON + DAY):
        opened(database, platform, holder)
    assert len(platform.asked) == 10


def test_without_a_platform_nothing_is_electronic_here_yet(database: Database) -> None:
    """No sharing service: the wallet says so for each type and leads to the desk."""
    wallet = opened(database, None, mother(database))
    results = {each.result for each in wallet.entries if each.type.from_platform}
    assert results == {Result.NOT_YET_ELECTRONIC}


def test_looking_again_makes_no_second_certificate(database: Database) -> None:
    """The same licence stays one row; what it says follows the department."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence())
    (before,) = entry(opened(database, platform, holder)).certificates
    changed = {**licence().content, "vehicle_class": "C1E"}
    platform.hold(TYPE, licence(content=changed))
    (after,) = entry(opened(database, platform, holder, anew=True)).certificates
    assert after.id == before.id
    assert after.content["vehicle_class"] == "C1E"


@pytest.mark.policy("P32")
def test_a_newer_one_ends_the_older(database: Database) -> None:
    """A licence issued later stands in its place; the older one stops verifying."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence())
    (old,) = entry(opened(database, platform, holder)).certificates
    platform.hold(TYPE, licence(issued_on=date(2026, 11, 19), valid_until=date(2036, 11, 19)))
    (new,) = entry(opened(database, platform, holder, anew=True)).certificates
    assert new.id != old.id
    assert new.version == 2
    with database.reading() as session:
        code = session.get_one(Certificate, old.id).code
        assert queries.find(session, code).verdict.reason is Reason.SUPERSEDED


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CertificateState.WITHHELD, Reason.WITHHELD),
        (CertificateState.REVOKED, Reason.REVOKED),
    ],
)
def test_what_was_taken_away_is_shown_as_taken_away(
    database: Database, state: CertificateState, reason: Reason
) -> None:
    """The holder still finds it, and reads why it does not serve."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence())
    opened(database, platform, holder)
    platform.hold(TYPE, licence(state=state))
    (held,) = entry(opened(database, platform, holder, anew=True)).certificates
    assert held.verdict.reason is reason


def test_a_department_may_stand_by_it_again(database: Database) -> None:
    """After an end a new row begins: the old one keeps its end."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence(state=CertificateState.REVOKED))
    (old,) = entry(opened(database, platform, holder)).certificates
    platform.hold(TYPE, licence())
    found = entry(opened(database, platform, holder, anew=True)).certificates
    assert {each.id: each.state for each in found}[old.id] is CertificateState.REVOKED
    assert sum(each.verdict.genuine for each in found) == 1


def test_a_withheld_one_is_given_back(database: Database) -> None:
    """Withheld and valid again is the same certificate."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence(state=CertificateState.WITHHELD))
    (old,) = entry(opened(database, platform, holder)).certificates
    platform.hold(TYPE, licence())
    (again,) = entry(opened(database, platform, holder, anew=True)).certificates
    assert again.id == old.id
    assert again.verdict.genuine


def test_what_is_told_no_more_is_cancelled(database: Database) -> None:
    """Of two cars one is sold: its licence is gone, the other stays."""
    holder, platform = mother(database), FilledPlatform()
    one, other = (licence(content={"number": name}) for name in ("CAR-1", "CAR-2"))
    platform.hold("vehicle_licence", one, other)
    assert len(entry(opened(database, platform, holder), "vehicle_licence").certificates) == 2
    platform.hold("vehicle_licence", other)
    (left,) = entry(opened(database, platform, holder, anew=True), "vehicle_licence").certificates
    assert left.content["number"] == "CAR-2"


def test_a_word_for_the_state_that_nobody_explained_is_not_believed(database: Database) -> None:
    """Nothing new is shown as good, and what was here before is left as it was."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence(state=None))
    assert entry(opened(database, platform, holder)).result is Result.SOURCE_DOWN
    platform.hold(TYPE, licence())
    (before,) = entry(opened(database, platform, holder, anew=True)).certificates
    platform.hold(TYPE, licence(state=None))
    (after,) = entry(opened(database, platform, holder, anew=True)).certificates
    assert (after.id, after.state) == (before.id, CertificateState.VALID)


def test_past_its_day_it_has_lapsed_whatever_is_told(database: Database) -> None:
    """A department that still calls it valid is not believed against the day on it."""
    platform = FilledPlatform()
    platform.hold(TYPE, licence(valid_until=date(2026, 11, 19)))
    (held,) = entry(opened(database, platform, mother(database))).certificates
    assert held.state is CertificateState.LAPSED
    assert held.verdict.reason is Reason.EXPIRED


def test_contents_are_forgotten_in_time_and_found_again(database: Database) -> None:
    """After its time nothing but the number is left; asked again it is the same certificate."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold(TYPE, licence())
    (before,) = entry(opened(database, platform, holder)).certificates
    later = NOON + DAY + timedelta(minutes=1)
    with clock.frozen(later), database.unit_of_work() as session:
        assert forget_contents(session) == 1
        assert forget_contents(session) == 0
    platform.answers[TYPE] = SourceDown()
    with clock.frozen(later):
        assert entry(opened(database, platform, holder)).result is Result.SOURCE_DOWN
    platform.hold(TYPE, licence())
    with clock.frozen(later):
        (after,) = entry(opened(database, platform, holder, anew=True)).certificates
    assert after.id == before.id


@pytest.mark.policy("P34")
def test_each_asking_is_audited_with_its_reason(database: Database) -> None:
    """Who asked for whom, what came of each type, for which item: and nothing of the content."""
    holder, platform = mother(database), FilledPlatform()
    opened(database, platform, holder, types=[TYPE])
    with database.reading() as session:
        (entry_,) = session.scalars(
            select(AuditEntry).where(AuditEntry.event == "certificate.fetched")
        )
    assert entry_.actor_id == holder.id
    assert entry_.facts == {TYPE: "not_found", "item": None, "case": None, "leave": None}

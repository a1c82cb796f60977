"""Offline codes fetched by a phone, and the lists published about them, on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates import versions
from kiosk_server.certificates.lives import CertificateVerb, ChangeReason
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.offline import verify
from kiosk_server.credentials.reasons import OfflineReason
from tests.support.credentials import NOON, ORIGIN, fetched, issue, kept_licence
from tests.support.wallets import MOTHER


@pytest.fixture(autouse=True)
def noon() -> Any:
    """Let time stand still."""
    with clock.frozen(NOON):
        yield


def reason(database: Database, code: codes.OfflineCode) -> OfflineReason | None:
    """Why a code is not believed within its window, by lists that are fresh."""
    lists = fetched(database)
    return verify(code.text, trust=lists.trust, statuses=lists.statuses, now=code.not_before).reason


@pytest.mark.policy("P34")
def test_a_code_gives_the_least(database: Database) -> None:
    """Name and number are masked whatever the scene gives; what was not chosen is not there."""
    certificate = kept_licence(database)
    lists = fetched(database)

    def shown(**changes: Any) -> tuple[str, dict[str, str]]:
        text = issue(database, certificate, **changes)[0].text
        facts = verify(text, trust=lists.trust, statuses=lists.statuses, now=NOON).facts
        assert facts is not None
        return facts.masked_name, dict(facts.fields)

    name, fields = shown()
    assert name == "阿***·测试"
    assert fields.pop("number") == f"{MOTHER[:6]}********{MOTHER[-4:]}"
    assert fields == {"vehicle_class": "C1"}
    assert shown(fields=["vehicle_class"]) == (name, {"vehicle_class": "C1"})
    assert shown(fields=[]) == (name, {})


def test_a_batch_serves_window_after_window(database: Database) -> None:
    """Each code begins as the one before it ends; none serves longer than its window."""
    batch = issue(database, kept_licence(database), count=4)
    starts = [code.not_before for code in batch]
    assert starts == [NOON + number * timedelta(minutes=15) for number in range(4)]
    assert [code.expires_at for code in batch[:-1]] == starts[1:]
    assert [reason(database, code) for code in batch] == [None] * 4


def test_no_code_outlives_its_certificate(database: Database) -> None:
    """Codes end with the last day in Beijing, and there are fewer of them."""
    certificate = kept_licence(database, valid_until=date(2026, 11, 20))
    with clock.frozen(NOON + timedelta(hours=11, minutes=40)):
        batch = issue(database, certificate, count=4)
    assert len(batch) == 2
    assert batch[-1].expires_at == NOON + timedelta(hours=12)


def test_a_new_batch_stops_the_one_before(database: Database) -> None:
    """Codes that were fetched again no longer serve; another phone's still do."""
    certificate = kept_licence(database)
    old = issue(database, certificate)[0]
    new = issue(database, certificate)[0]
    assert (reason(database, old), reason(database, new)) == (OfflineReason.STOPPED, None)


def test_a_phone_that_ended_takes_its_codes_along(database: Database) -> None:
    """Codes of a phone that is signed out or forgotten are stopped."""
    phone = "01jd3v9q2m8x4k7t5w6y0z1ph0"
    code = issue(database, kept_licence(database), phone_id=phone)[0]
    assert reason(database, code) is OfflineReason.STOPPED


ENDS = [
    (CertificateVerb.WITHHOLD, OfflineReason.WITHHELD),
    (CertificateVerb.CANCEL, OfflineReason.CANCELLED),
    (CertificateVerb.RESCIND, OfflineReason.RESCINDED),
    (CertificateVerb.REVOKE, OfflineReason.REVOKED),
    (CertificateVerb.LAPSE, OfflineReason.EXPIRED),
]


@pytest.mark.parametrize(("verb", "expected"), ENDS)
def test_an_end_is_in_the_next_list(
    database: Database, verb: CertificateVerb, expected: OfflineReason
) -> None:
    """Whatever ends a certificate is told by the list that is fetched next, and no code is made."""
    certificate_id = kept_licence(database)
    code = issue(database, certificate_id)[0]
    assert reason(database, code) is None
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, certificate_id)
        versions.change(session, held, verb, reason=ChangeReason.PENALTY, by=SYSTEM)
    assert reason(database, code) is expected
    with pytest.raises(Conflict, match="certificate_not_serving"):
        issue(database, certificate_id)


def test_a_withheld_certificate_serves_again_when_given_back(database: Database) -> None:
    """The list follows the state in both directions."""
    certificate_id = kept_licence(database)
    code = issue(database, certificate_id)[0]
    for verb in (CertificateVerb.WITHHOLD, CertificateVerb.RESTORE):
        with database.unit_of_work() as session:
            held = session.get_one(Certificate, certificate_id)
            versions.change(session, held, verb, reason=ChangeReason.UNDER_INQUIRY, by=SYSTEM)
    assert reason(database, code) is None


def test_a_code_outlives_the_rotation_of_its_key(database: Database) -> None:
    """What the last key signed still verifies while the next one signs."""
    certificate = kept_licence(database, valid_until=date(2028, 1, 1))
    announced, turned = NOON + timedelta(days=76), NOON + timedelta(days=90)
    with clock.frozen(announced), database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
    with clock.frozen(turned):
        code = issue(database, certificate)[0]
        before = fetched(database).trust.version
        with database.unit_of_work() as session:
            signed_by = keys.signer(session).kid
            keys.rotate(session, by=SYSTEM)
            assert keys.signer(session).kid != signed_by
        assert reason(database, code) is None
        assert fetched(database).trust.version > before


WRONG: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"scene_id": "nowhere"}, NotFound),
    ({"scene_id": "tourism"}, Invalid),
    ({"fields": ["file_number"]}, Invalid),
    ({"count": 0}, Invalid),
    ({"count": 49}, Invalid),
]


@pytest.mark.parametrize(("changes", "refusal"), WRONG)
def test_nothing_beyond_the_scene_is_given(
    database: Database, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    """No scene that does not take the type, no field that the scene does not give."""
    certificate = kept_licence(database)
    with pytest.raises(refusal):
        issue(database, certificate, **changes)


def test_lists_are_the_same_bytes_on_every_server(database: Database) -> None:
    """Within one step of the clock two servers sign the same list."""
    kept_licence(database)
    made: list[Callable[[Any], bytes]] = [
        lambda session: codes.trust_list(session, origin=ORIGIN),
        lambda session: codes.status_list(session, origin=ORIGIN),
    ]
    for make in made:
        with database.reading() as session:
            first = make(session)
            with clock.frozen(NOON + timedelta(seconds=59)):
                assert make(session) == first


def test_what_is_over_is_forgotten(database: Database) -> None:
    """Rows of codes go a little after their last second, and not before."""
    issue(database, kept_licence(database), count=2)
    for minutes, gone in ((16, 0), (20, 1), (60, 1)):
        at = NOON + timedelta(minutes=minutes)
        with clock.frozen(at), database.unit_of_work() as session:
            assert codes.forget_credentials(session) == gone

"""The code on a sign: signed over what the sign says, dead with its organisation, row or key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.credentials import keys
from kiosk_server.credentials.key_rules import KeyTerms
from kiosk_server.credentials.signs import SignRead, SignReason, SignRefused, read_sign, sign_code
from kiosk_server.partners.models import PartnerSign
from kiosk_server.partners.organisations import set_scenes
from kiosk_server.partners.rules import SIGN_LIFE, OrganisationVerb
from kiosk_server.partners.signs import SignWish, make_sign, revoke_sign, sign_of
from kiosk_server.showing.scenes import scenes
from tests.support.verifying import ADMINISTRATOR, Hotel

WISH = SignWish("一楼前台", "lodging", "登记入住")


def hung(database: Database, hotel: Hotel, wish: SignWish = WISH) -> tuple[str, str]:
    """Hang a sign of the hotel; return its id and its code."""
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        made = make_sign(session, hotel.id, wish, by=ADMINISTRATOR)
        return made.id, sign_code(session, sign_of(session, made.id))


def found(database: Database, code: str) -> SignRead | SignReason:
    """What a phone that scanned this code is told."""
    with database.reading() as session:
        outcome = read_sign(session, code)
    return outcome.reason if isinstance(outcome, SignRefused) else outcome


def test_a_sign_says_who_asks_where_and_for_what(database: Database) -> None:
    """What was entered is what a phone reads, under the organisation's approved name."""
    hotel = Hotel(database)
    sign_id, code = hung(database, hotel)
    read = found(database, code)
    assert isinstance(read, SignRead)
    assert (read.id, read.place, read.scene, read.purpose) == (sign_id, *_said())
    assert (read.verifier.name, read.verifier.scenes) == ("测试宾馆", frozenset({"lodging"}))
    assert len(code) < 130


def _said() -> tuple[str, str, str]:
    return WISH.place, WISH.scene, WISH.purpose


@pytest.mark.policy("P31", "P34")
def test_a_false_sign_is_refused(database: Database) -> None:
    """Made up, changed by a letter, or with another sign's signature: none is a sign of ours."""
    hotel = Hotel(database)
    sign_id, code = hung(database, hotel)
    _, other = hung(database, hotel, replace(WISH, place="二楼"))
    name, kid, signature = code.split(".")
    swapped = "A" if signature[5] != "A" else "B"
    assert found(database, f"{name}.{kid}.{signature[:5]}{swapped}{signature[6:]}") == "altered"
    assert found(database, f"{sign_id}.{kid}.{other.split('.')[2]}") == "altered"
    assert found(database, f"{'0' * 26}.{kid}.{signature}") == "not_ours"
    assert found(database, f"{name}.{'A' * 11}.{signature}") == "not_ours"
    assert found(database, f"{name}.{kid}") == "unreadable"


def test_a_row_that_was_moved_vouches_for_nothing(database: Database) -> None:
    """Whoever writes another organisation or place into the table has no signature over it."""
    hotel = Hotel(database)
    stranger = Hotel(database, "测试别家", "91653001MA0TE0T02G", login="other")
    sign_id, code = hung(database, hotel)
    for change in ({"place": "别处"}, {"place": WISH.place, "organisation_id": stranger.id}):
        with database.unit_of_work() as session:
            session.execute(update(PartnerSign).where(PartnerSign.id == sign_id).values(**change))
        assert found(database, code) == "altered"


@pytest.mark.policy("P31")
def test_what_its_organisation_loses_its_sign_loses(database: Database) -> None:
    """Revoked, suspended, or without its scene: the paper on the desk asks for nobody."""
    hotel = Hotel(database)
    sign_id, code = hung(database, hotel)
    hotel.decide(OrganisationVerb.SUSPEND)
    assert found(database, code) == "revoked"
    hotel.decide(OrganisationVerb.RESUME)
    assert isinstance(found(database, code), SignRead)
    with database.unit_of_work() as session:
        set_scenes(session, hotel.id, ("transport",), scenes(), by=ADMINISTRATOR)
    assert found(database, code) == "revoked"
    with database.unit_of_work() as session:
        set_scenes(session, hotel.id, ("lodging",), scenes(), by=ADMINISTRATOR)
        revoke_sign(session, sign_id, by=ADMINISTRATOR)
    assert found(database, code) == "revoked"


def test_paper_outlives_keys_but_not_theft(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retired key still vouches for its signs until they end; a withdrawn one for none."""
    hotel = Hotel(database)
    _, code = hung(database, hotel)
    kid = code.split(".")[1]
    terms, now = KeyTerms(), clock.now()
    for days in range(10, 330, 20):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        with database.unit_of_work() as session:
            keys.rotate(session, by=SYSTEM, terms=terms)
    with database.reading() as session:
        assert kid not in [key.kid for key in keys.published_keys(session)]
    assert isinstance(found(database, code), SignRead)
    monkeypatch.setattr(clock, "now", lambda: now + SIGN_LIFE + timedelta(days=1))
    assert found(database, code) == "expired"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=331))
    with database.unit_of_work() as session:
        keys.withdraw(session, kid, by=SYSTEM)
    assert found(database, code) == "not_ours"

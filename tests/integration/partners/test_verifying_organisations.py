"""Verifying organisations on both databases: who may look with a name, and when no longer."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, TooMany, WrongState
from kiosk_server.migrations.tables import all_tables
from kiosk_server.partners import organisations, people, programs, quotas, sign_in, signs
from kiosk_server.partners.models import PartnerMember, PartnerOrganisation, PartnerSession
from kiosk_server.partners.people import Choice, Person
from kiosk_server.partners.programs import CredentialWish
from kiosk_server.partners.rules import (
    CONTACT_KEPT,
    INVITATION_LIFE,
    SESSION_IDLE,
    SIGN_LIFE,
    TOKEN_LIFE,
    OrganisationVerb,
    Verifier,
)
from kiosk_server.partners.signs import SignWish
from kiosk_server.showing.scenes import scenes
from tests.support.at_once import at_once
from tests.support.verifying import ADMINISTRATOR, OTHER_CODE, PASSWORD, Hotel, application

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing unless a test says otherwise."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def hotel(database: Database) -> Hotel:
    """An approved hotel."""
    return Hotel(database)


def audited(database: Database, event: str) -> int:
    """How often *event* was audited."""
    with database.reading() as session:
        return len(session.scalars(select(AuditEntry).where(AuditEntry.event == event)).all())


def takes(hotel: Hotel, client_id: str, secret: str) -> str | None:
    """The token that a program gets for this secret."""
    with hotel.database.unit_of_work() as session:
        found = programs.take_token(session, client_id, secret)
    return found.token if found else None


def holds(hotel: Hotel, token: str) -> Verifier | None:
    """Who looks with a token."""
    with hotel.database.reading() as session:
        return programs.verifier_of_token(session, token)


def test_one_application_of_an_organisation_stands(database: Database) -> None:
    """A second application is entered nowhere, and is not told apart by what it raises."""
    with database.unit_of_work() as session:
        assert organisations.apply(session, application(), scenes())
    with database.unit_of_work() as session:
        assert not organisations.apply(session, application("冒名宾馆"), scenes())
    with database.reading() as session:
        assert session.scalars(select(PartnerOrganisation.name)).all() == ["测试宾馆"]


def test_every_fault_of_an_application_is_named(database: Database) -> None:
    """A wrong check digit, an unknown scene and what is missing are told at once."""
    wrong = organisations.Application(
        " ", "91653001MA0TE0T010", "", "", organisations.Contact("", "none"), ("nowhere",)
    )
    with pytest.raises(Invalid) as refused, database.unit_of_work() as session:
        organisations.apply(session, wrong, scenes())
    named = {fault.at for fault in refused.value.fields}
    assert named == {"name", "person", "purpose", "code", "phone", "kind", "scenes"}


@pytest.mark.policy("P31")
def test_an_administrator_decides_for_which_scenes(database: Database) -> None:
    """Nobody is approved for nothing, and nobody for a scene that there is not."""
    with database.unit_of_work() as session:
        organisations.apply(session, application(), scenes())
        found = session.scalars(select(PartnerOrganisation)).one().id
    approve = OrganisationVerb.APPROVE
    with pytest.raises(Conflict, match="no_scene_granted"), database.unit_of_work() as session:
        organisations.decide(session, found, approve, by=ADMINISTRATOR)
    with pytest.raises(Invalid, match="scene_unknown"), database.unit_of_work() as session:
        organisations.set_scenes(session, found, ["nowhere"], scenes(), by=ADMINISTRATOR)
    with pytest.raises(Invalid, match="reason_missing"), database.unit_of_work() as session:
        organisations.decide(session, found, OrganisationVerb.REFUSE, by=ADMINISTRATOR)
    with database.unit_of_work() as session:
        organisations.decide(
            session, found, OrganisationVerb.REFUSE, by=ADMINISTRATOR, reason="材料不全"
        )
    with pytest.raises(WrongState), database.unit_of_work() as session:
        organisations.decide(session, found, approve, by=ADMINISTRATOR)
    with database.unit_of_work() as session:
        assert organisations.apply(session, application(), scenes()), "it may apply again"


def test_whom_to_call_is_forgotten_after_a_refusal(database: Database) -> None:
    """A contact is kept sealed, and no longer than half a year after the end."""
    with database.unit_of_work() as session:
        organisations.apply(session, application(), scenes())
        found = session.scalars(select(PartnerOrganisation)).one()
        assert b"0908" not in (found.contact_sealed or b"")
        organisations.decide(
            session, found.id, OrganisationVerb.REFUSE, by=ADMINISTRATOR, reason="不符合"
        )
    with clock.frozen(NOON + CONTACT_KEPT), database.unit_of_work() as session:
        assert organisations.forget_contacts(session) == 0
    with clock.frozen(NOON + CONTACT_KEPT + timedelta(1)), database.unit_of_work() as session:
        assert organisations.forget_contacts(session) == 1


def test_a_person_signs_in_at_the_bound_device_alone(hotel: Hotel) -> None:
    """The right name and password are worth nothing in another browser."""
    hotel.employ().sign_in()
    assert hotel.verifier() is not None
    typed = sign_in.Typed(hotel.login, PASSWORD)
    outcome = sign_in.check_password(hotel.database, typed, "another browser")
    assert outcome == sign_in.SignInRefused("device_unbound")
    with hotel.database.reading() as session:
        stolen = sign_in.verifier_of(session, hotel.session_token, "another browser")
    assert stolen is None


def test_an_invitation_serves_once(hotel: Hotel) -> None:
    """A link that is followed again, or too late, is told like one that never was."""
    with hotel.database.unit_of_work() as session:
        link = people.invite(session, hotel.id, Person("memet", "买买提·测试"), by=ADMINISTRATOR)
        late = people.invite_device(session, hotel.id, by=ADMINISTRATOR)
    people.join(hotel.database, link.token, Choice("前台", PASSWORD))
    for token in (link.token, "never-made"):
        with pytest.raises(NotFound, match="invitation_over"):
            people.join(hotel.database, token, Choice("别处", "Another-password-9"))
    with clock.frozen(NOON + INVITATION_LIFE), pytest.raises(NotFound, match="invitation_over"):
        people.join(hotel.database, late.token, Choice("太晚"))


def test_a_new_link_ends_the_old_one_and_every_session(hotel: Hotel) -> None:
    """Who forgot his password gets a link; the one before and his sessions are over."""
    hotel.employ().sign_in()
    with hotel.database.unit_of_work() as session:
        first = people.invite_again(session, hotel.member_id, by=ADMINISTRATOR)
        second = people.invite_again(session, hotel.member_id, by=ADMINISTRATOR)
    with pytest.raises(NotFound):
        people.join(hotel.database, first.token, Choice("前台", PASSWORD))
    same = Choice("前台", "New-password-of-72", hotel.joined.device_secret)
    again = people.join(hotel.database, second.token, same)
    assert again.device_id == hotel.joined.device_id, "a device is bound once"
    assert hotel.verifier() is None
    assert hotel.sign_in("New-password-of-72")


@pytest.mark.parametrize("ended", ["member", "device", "organisation", "scene"])
def test_what_is_revoked_is_dead_at_once(hotel: Hotel, ended: str) -> None:
    """In the middle of a session the next look has no name, or no scene, behind it any more."""
    hotel.employ().sign_in()
    with hotel.database.unit_of_work() as session:
        if ended == "member":
            people.revoke_member(session, hotel.member_id, by=ADMINISTRATOR)
        elif ended == "device":
            people.revoke_device(session, hotel.joined.device_id, by=ADMINISTRATOR)
        elif ended == "organisation":
            organisations.decide(
                session, hotel.id, OrganisationVerb.SUSPEND, by=ADMINISTRATOR, reason="投诉"
            )
        else:
            organisations.set_scenes(session, hotel.id, ["tourism"], scenes(), by=ADMINISTRATOR)
    found = hotel.verifier()
    if ended == "scene":
        assert found is not None
        assert found.scenes == {"tourism"}
    else:
        assert found is None


def test_a_suspended_organisation_comes_back_whole(hotel: Hotel) -> None:
    """What was bound and given before a suspension serves again after it."""
    hotel.employ()
    secret = hotel.program()
    hotel.decide(OrganisationVerb.SUSPEND)
    assert takes(hotel, secret.client_id, secret.secret) is None
    hotel.decide(OrganisationVerb.RESUME)
    assert hotel.sign_in()
    assert takes(hotel, secret.client_id, secret.secret)


def test_names_cannot_be_probed(hotel: Hotel) -> None:
    """A name that nobody has is refused, and locked, like one that somebody has."""
    hotel.employ()
    answers = {}
    for login in (hotel.login, "nobody"):
        typed = sign_in.Typed(login, "wrong")
        answers[login] = [
            sign_in.check_password(hotel.database, typed, hotel.joined.device_secret)
            for _ in range(sign_in.WRONG_ANSWERS + 1)
        ]
    assert answers[hotel.login] == answers["nobody"]
    assert answers["nobody"][-1] == sign_in.SignInRefused("sign_in_locked")
    assert audited(hotel.database, "verifier.locked") == 2


def test_one_organisations_person_is_nobody_at_another_ones_device(hotel: Hotel) -> None:
    """A right password at a device of somebody else is no better than a wrong one."""
    hotel.employ()
    other = Hotel(hotel.database, "测试旅行社", OTHER_CODE, ("tourism",), "memet").employ()
    typed = sign_in.Typed(hotel.login, PASSWORD)
    outcome = sign_in.check_password(hotel.database, typed, other.joined.device_secret)
    assert outcome == sign_in.SignInRefused("sign_in_refused")


def test_a_session_goes_idle(hotel: Hotel) -> None:
    """A desk that nobody touches for an hour is signed out; its traces are forgotten later."""
    hotel.employ().sign_in()
    with clock.frozen(NOON + SESSION_IDLE):
        assert hotel.verifier() is None
    with clock.frozen(NOON + timedelta(days=8)), hotel.database.unit_of_work() as session:
        assert sign_in.forget_sessions(session) == 2
        assert session.scalars(select(PartnerSession)).all() == []


def test_people_stand_sealed(hotel: Hotel) -> None:
    """A copy of the tables names nobody who works there."""
    hotel.employ()
    with hotel.database.reading() as session:
        member = session.scalars(select(PartnerMember)).one()
        assert "古丽".encode() not in member.name_sealed
        assert people.name_of(session, member) == "测试·古丽"


def test_a_stolen_secret_is_changed(hotel: Hotel) -> None:
    """A new secret kills the old one and every token that was got with it."""
    stolen = hotel.program()
    token = takes(hotel, stolen.client_id, stolen.secret)
    assert token is not None
    assert holds(hotel, token) is not None
    with hotel.database.unit_of_work() as session:
        fresh = programs.rotate_secret(session, stolen.client_id, by=ADMINISTRATOR)
    assert holds(hotel, token) is None
    assert takes(hotel, stolen.client_id, stolen.secret) is None
    assert takes(hotel, fresh.client_id, fresh.secret)
    assert audited(hotel.database, "verifier.refused") == 1


def test_a_token_lives_for_minutes(hotel: Hotel) -> None:
    """An access token is over by itself, and with its credential at once."""
    secret = hotel.program()
    token, later = (takes(hotel, secret.client_id, secret.secret) or "" for _ in range(2))
    with clock.frozen(NOON + TOKEN_LIFE):
        assert holds(hotel, token) is None
    with hotel.database.unit_of_work() as session:
        programs.revoke_credential(session, secret.client_id, by=ADMINISTRATOR)
    assert holds(hotel, later) is None
    assert takes(hotel, secret.client_id, secret.secret) is None


def test_a_program_asks_for_no_scene_beyond_its_own(hotel: Hotel) -> None:
    """A credential is made within the organisation's scenes, a token within the credential's."""
    wish = CredentialWish("越权", ("inspection",))
    with pytest.raises(Invalid), hotel.database.unit_of_work() as session:
        programs.make_credential(session, hotel.id, wish, by=ADMINISTRATOR)
    secret = hotel.program()
    with (
        pytest.raises(Invalid, match="scene_not_granted"),
        hotel.database.unit_of_work() as session,
    ):
        programs.take_token(session, secret.client_id, secret.secret, ["inspection"])


def test_quotas_end_a_minute_and_a_day(hotel: Hotel) -> None:
    """Past a quota a look is refused with the seconds to wait; the day's last is audited once."""
    secret = hotel.program(per_minute=2, per_day=3)
    token = takes(hotel, secret.client_id, secret.secret) or ""
    program = holds(hotel, token)
    assert program is not None
    quotas.spend(hotel.database, program)
    quotas.spend(hotel.database, program)
    with pytest.raises(TooMany, match="too_many_verifier_minute") as refused:
        quotas.spend(hotel.database, program)
    assert 1 <= refused.value.retry_after_seconds <= 61
    with clock.frozen(NOON + timedelta(minutes=2)):
        quotas.spend(hotel.database, program)
        with pytest.raises(TooMany, match="too_many_verifier_day"):
            quotas.spend(hotel.database, program)
        with hotel.database.reading() as session:
            assert quotas.used_today(session, secret.client_id) == 3
    assert audited(hotel.database, "verifier.quota_spent") == 1


def test_a_sign_asks_while_everything_behind_it_stands(hotel: Hotel) -> None:
    """A revoked or old sign, a suspended organisation, a scene taken away: nobody asks there."""
    wish = SignWish("前台", "lodging", "入住登记")
    with hotel.database.unit_of_work() as session:
        made = signs.make_sign(session, hotel.id, wish, by=ADMINISTRATOR)

    def asks() -> bool:
        with hotel.database.reading() as session:
            return signs.sign_of(session, made.id).verifier is not None

    assert asks()
    with clock.frozen(NOON + SIGN_LIFE):
        assert not asks()
    hotel.decide(OrganisationVerb.SUSPEND)
    assert not asks()
    hotel.decide(OrganisationVerb.RESUME)
    assert asks()
    with hotel.database.unit_of_work() as session:
        signs.revoke_sign(session, made.id, by=ADMINISTRATOR)
    assert not asks()
    for wrong in (SignWish("前台", "inspection", "查"), SignWish("", "lodging", "")):
        with pytest.raises(Invalid), hotel.database.unit_of_work() as session:
            signs.make_sign(session, hotel.id, wrong, by=ADMINISTRATOR)


def test_a_link_followed_twice_at_once_serves_one(hotel: Hotel) -> None:
    """Of two browsers that spend a link at the same moment one is bound, the other too late."""
    with hotel.database.unit_of_work() as session:
        link = people.invite_device(session, hotel.id, by=ADMINISTRATOR)

    def follow() -> str:
        try:
            return people.join(hotel.database, link.token, Choice("平板")).device_id
        except NotFound as late:
            return late.code

    outcomes = at_once(follow, follow)
    assert sorted(outcome == "invitation_over" for outcome in outcomes) == [False, True]


def test_two_applications_at_once_enter_one(database: Database) -> None:
    """A double touch is one application, on both databases."""

    def send() -> bool:
        with database.unit_of_work() as session:
            return organisations.apply(session, application(), scenes())

    assert sorted(at_once(send, send)) == [False, True]


def test_the_last_look_of_a_quota_is_had_once(hotel: Hotel) -> None:
    """Two requests that come together do not both have what is left."""
    secret = hotel.program(per_minute=1)
    program = holds(hotel, takes(hotel, secret.client_id, secret.secret) or "")
    assert program is not None

    def look() -> bool:
        try:
            quotas.spend(hotel.database, program)
        except TooMany:
            return False
        return True

    assert sorted(at_once(look, look)) == [False, True]


@pytest.mark.policy("P39")
def test_what_is_kept_of_verifiers_leads_to_no_holder() -> None:
    """No table of theirs has a column for a person who showed, a certificate or a look."""
    tables = [name for name in all_tables().tables if name.startswith("partner_")]
    assert len(tables) == 8
    columns = {column.name for name in tables for column in all_tables().tables[name].columns}
    assert not [name for name in columns if re.search("resident|certificate|holder|use_id", name)]

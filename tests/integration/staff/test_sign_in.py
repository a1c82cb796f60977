"""Signing in, against the database on both engines."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock, limits
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.errors import Conflict, Invalid, Refused, TooMany
from kiosk_server.staff import services, sign_in
from kiosk_server.staff.models import StaffMember, StaffSession
from kiosk_server.staff.rules import Role
from kiosk_server.staff.seed import DEMO_ACCOUNTS, demo_accounts
from kiosk_server.staff.sign_in import HalfSignedIn, SignedIn, SignInRefused

LOGIN, PASSWORD = "ceshi", "a long enough sentence"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def now() -> Iterator[datetime]:
    """A moment that stands still."""
    moment = clock.now().replace(second=5, microsecond=0)
    with clock.frozen(moment):
        yield moment


@pytest.fixture
def member(database: Database, now: datetime) -> str:
    """Somebody who works here."""
    with database.unit_of_work() as session:
        return services.add_member(
            session,
            LOGIN,
            name="测试·维护",
            password=PASSWORD,
            roles=[Role.TECHNICIAN],
            division_code="653001",
            by=SYSTEM,
            totp_secret=SECRET,
        ).staff_id


def give_password(
    database: Database, password: str = PASSWORD, login: str = LOGIN
) -> HalfSignedIn | SignInRefused:
    """Take the first step."""
    return sign_in.check_password(database, login=login, password=password, address="127.0.0.1")


def give_code(database: Database, token: str, code: str) -> SignedIn | SignInRefused:
    """Take the second step."""
    with database.unit_of_work() as session:
        return sign_in.check_code(session, token, code=code)


def code_at(moment: datetime) -> str:
    """What the phone shows at *moment*."""
    code: str = pyotp.TOTP(SECRET).at(int(moment.timestamp()))
    return code


def half(database: Database) -> str:
    """A token of the first step."""
    outcome = give_password(database)
    assert isinstance(outcome, HalfSignedIn)
    return outcome.token


def whole(database: Database, moment: datetime) -> str:
    """A session's token."""
    outcome = give_code(database, half(database), code_at(moment))
    assert isinstance(outcome, SignedIn)
    return outcome.token


def holder_of(database: Database, token: str) -> bool:
    """Whether *token* is a session that holds."""
    with database.reading() as session:
        return sign_in.holder_of(session, token) is not None


def events(database: Database) -> list[str]:
    """What was audited of staff."""
    with database.reading() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [entry.event for entry in found if entry.event != "staff.added"]


@pytest.mark.usefixtures("member")
def test_two_steps_open_a_session(database: Database, now: datetime) -> None:
    """Password and code give a session of their own; the first step's token is no session."""
    first = half(database)
    assert not holder_of(database, first)
    outcome = give_code(database, first, code_at(now))
    assert isinstance(outcome, SignedIn)
    assert holder_of(database, outcome.token)
    assert outcome.token != first
    assert events(database) == ["staff.signed_in"]


@pytest.mark.usefixtures("member")
def test_first_step_serves_once(database: Database, now: datetime) -> None:
    """After signing in, the first step's token and a made-up one lead nowhere."""
    first = half(database)
    give_code(database, first, code_at(now))
    with clock.frozen(now + timedelta(seconds=30)):
        later = code_at(clock.now())
        assert give_code(database, first, later) == SignInRefused("sign_in_over")
        assert give_code(database, "made-up", later) == SignInRefused("sign_in_over")


@pytest.mark.usefixtures("member")
def test_code_works_once(database: Database, now: datetime) -> None:
    """A code that was seen over a shoulder is refused, also at another sign-in."""
    whole(database, now)
    again = give_code(database, half(database), code_at(now))
    assert again == SignInRefused("sign_in_refused")


@pytest.mark.usefixtures("member")
def test_five_wrong_passwords_lock(database: Database, now: datetime) -> None:
    """After five wrong passwords the right one waits a quarter of an hour, and is then taken."""
    answers = [give_password(database, f"wrong password {n}") for n in range(5)]
    assert answers[:4] == [SignInRefused("sign_in_refused")] * 4
    assert answers[4] == SignInRefused("sign_in_locked")
    assert give_password(database) == SignInRefused("sign_in_locked")
    assert events(database) == ["staff.refused"] * 5 + ["staff.locked"]
    with clock.frozen(now + timedelta(minutes=15, seconds=1)):
        assert isinstance(give_password(database), HalfSignedIn)


@pytest.mark.usefixtures("member")
def test_five_wrong_codes_lock(database: Database, now: datetime) -> None:
    """Five wrong codes lock too, however often the right password is given in between."""
    for wrong in range(5):
        outcome = give_code(database, half(database), f"00000{wrong}")
        assert isinstance(outcome, SignInRefused)
    assert give_password(database) == SignInRefused("sign_in_locked")


def test_unknown_login_is_told_nothing(database: Database, now: datetime) -> None:
    """A login that nobody has is refused and locked exactly like one that somebody has."""
    answers = [give_password(database, login="nobody") for _ in range(6)]
    assert answers == [SignInRefused("sign_in_refused")] * 4 + [SignInRefused("sign_in_locked")] * 2
    with database.reading() as session:
        kept = [
            str(entry.facts) + str(entry.subject_id)
            for entry in session.scalars(select(AuditEntry))
        ]
    assert not any("nobody" in text for text in kept)


@pytest.mark.usefixtures("member")
def test_login_is_not_case_bound(database: Database, now: datetime) -> None:
    """Capitals and blanks around a login neither matter nor give five more tries."""
    assert isinstance(give_password(database, login=" CESHI "), HalfSignedIn)
    for login in ("ceshi", "CESHI", " ceshi", "Ceshi", "cEshi"):
        give_password(database, "wrong password", login=login)
    assert give_password(database) == SignInRefused("sign_in_locked")


def test_address_that_tries_many_logins_waits(database: Database, now: datetime) -> None:
    """One password tried on a hundred logins is stopped by the address."""
    with database.unit_of_work() as session:
        subject = keyring_of(session).blind_index("127.0.0.1", purpose="staff.address")
        for _ in range(sign_in.ADDRESS_TRIES):
            limits.count_attempt(session, "staff_address", subject, limit=1000, window=sign_in.LOCK)
    with pytest.raises(TooMany):
        give_password(database, login="one-more")


@pytest.mark.usefixtures("member")
def test_session_ends_idle_and_after_twelve_hours(database: Database, now: datetime) -> None:
    """Work keeps a session alive, for twelve hours at most."""
    token = whole(database, now)
    for minutes in range(25, 12 * 60, 25):
        with clock.frozen(now + timedelta(minutes=minutes)), database.unit_of_work() as session:
            assert sign_in.holder_of(session, token) is not None
            sign_in.keep_alive(session, token)
    with clock.frozen(now + timedelta(hours=12)):
        assert not holder_of(database, token)
        with database.unit_of_work() as session:
            assert sign_in.forget_sessions(session) == 0
    with clock.frozen(now + timedelta(hours=13)), database.unit_of_work() as session:
        assert sign_in.forget_sessions(session) == 2


@pytest.mark.usefixtures("member")
def test_idle_session_is_over(database: Database, now: datetime) -> None:
    """Half an hour of nothing ends a session."""
    token = whole(database, now)
    with clock.frozen(now + timedelta(minutes=30)):
        assert not holder_of(database, token)


@pytest.mark.usefixtures("member")
def test_sign_out_ends_the_session_everywhere(database: Database, now: datetime) -> None:
    """A token that somebody copied is worth nothing after signing out."""
    token = whole(database, now)
    with database.unit_of_work() as session:
        sign_in.sign_out(session, token)
        sign_in.sign_out(session, token)
    assert not holder_of(database, token)
    assert events(database) == ["staff.signed_in", "staff.signed_out"]


def test_closed_account_is_out_at_once(database: Database, member: str, now: datetime) -> None:
    """Closing an account ends its sessions and lets nobody in."""
    token = whole(database, now)
    with database.unit_of_work() as session:
        services.disable_member(session, member, by=SYSTEM)
    assert not holder_of(database, token)
    with clock.frozen(now + timedelta(minutes=1)):
        assert give_password(database) == SignInRefused("sign_in_refused")


@pytest.mark.usefixtures("member")
def test_tables_open_no_door(database: Database, now: datetime) -> None:
    """A copy of the tables holds no password, no code secret and no session token."""
    token = whole(database, now)
    with database.reading() as session:
        member = session.scalars(select(StaffMember)).one()
        sessions = session.scalars(select(StaffSession)).all()
    assert member.password_hash.startswith("$argon2id$")
    assert SECRET.encode() not in member.totp_sealed
    assert token not in {row.digest for row in sessions}


def test_account_faults_are_named_at_once(database: Database) -> None:
    """A bad login, a weak password and no role are told together; a taken login is a conflict."""
    with database.unit_of_work() as session:
        with pytest.raises(Invalid) as caught:
            services.add_member(
                session,
                "A B",
                name="测试",
                password="weak",
                roles=[],
                division_code="65",
                by=SYSTEM,
            )
        assert {fault.at for fault in caught.value.fields} == {"login", "password", "roles"}
        demo_accounts(session, production=False)
        with pytest.raises(Conflict):
            services.add_member(
                session,
                DEMO_ACCOUNTS[0].login,
                name="测试",
                password=PASSWORD,
                roles=[Role.CLERK],
                division_code="65",
                by=SYSTEM,
            )


def test_demo_accounts_are_for_development(database: Database) -> None:
    """Demo accounts are made once, and never in production."""
    with database.unit_of_work() as session:
        with pytest.raises(Refused):
            demo_accounts(session, production=True)
        assert session.scalars(select(StaffMember)).all() == []
        demo_accounts(session, production=False)
        demo_accounts(session, production=False)
        assert len(session.scalars(select(StaffMember)).all()) == len(DEMO_ACCOUNTS)

"""Phones that are signed in: tokens that turn, tokens that are stolen, phones that are ended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.residents import accounts, phones
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.models import AccountPhone, PhoneToken
from kiosk_server.residents.my_phones import notices_of, phones_of, sign_out_there, stop_all
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.phone_rules import (
    ACCESS_LIFE,
    MOST_PHONES,
    PHONE_LIFE,
    REFRESH_LIFE,
    NoticeKind,
    PhoneKind,
    TokenKind,
)
from kiosk_server.residents.phones import Device, PhoneHolder, RefreshRefused, Tokens
from kiosk_server.residents.services import find_or_register
from kiosk_server.settings import Settings
from tests.support.phone import AYGUL, NUMBER, carry_out, messages_to

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def signed_in(database: Database, label: str = "My phone", number: str = NUMBER) -> Tokens:
    """Sign a phone in to the account of *number*."""
    with database.unit_of_work() as session:
        account = accounts.open_by_number(session, number)
        phone = phones.open_phone(
            session,
            account,
            Device(PhoneKind.APP, label),
            way=Way.SMS_CODE,
            level=Level.NUMBER,
        )
        return phones.issue_tokens(session, phone)


def holder(
    database: Database, token: str, kind: TokenKind = TokenKind.ACCESS
) -> PhoneHolder | None:
    """Return whose *token* is now."""
    with database.reading() as session:
        return phones.holder_of(session, token, kind)


def refreshed(database: Database, token: str) -> Tokens | RefreshRefused:
    """Spend a refresh token."""
    with database.unit_of_work() as session:
        return phones.refresh(session, token)


def notices(database: Database, account_id: str) -> list[str]:
    """Return what the holder was told, the newest first."""
    with database.reading() as session:
        return [notice.kind for notice in notices_of(session, account_id)]


def test_an_access_token_lives_minutes(database: Database) -> None:
    """It opens until its time, and is told by nothing but its digest."""
    with clock.frozen(NOW):
        tokens = signed_in(database)
        assert holder(database, tokens.access) is not None
        assert holder(database, tokens.refresh) is None
        assert holder(database, tokens.access, TokenKind.COOKIE) is None
    with clock.frozen(NOW + ACCESS_LIFE):
        assert holder(database, tokens.access) is None
    with database.reading() as session:
        stored = session.scalars(select(PhoneToken.digest)).all()
    assert not {tokens.access, tokens.refresh} & set(stored)


def test_refreshing_goes_on_until_the_phone_is_old(database: Database) -> None:
    """Each refresh token is good for one next pair, and none beyond the phone's life."""
    moment, tokens = NOW, None
    with clock.frozen(moment):
        tokens = signed_in(database)
    while moment < NOW + PHONE_LIFE - REFRESH_LIFE:
        moment += REFRESH_LIFE - timedelta(days=1)
        with clock.frozen(moment):
            following = refreshed(database, tokens.refresh)
            assert isinstance(following, Tokens)
            assert following.refresh_expires_at <= NOW + PHONE_LIFE
            tokens = following
    with clock.frozen(NOW + PHONE_LIFE):
        assert refreshed(database, tokens.refresh) == RefreshRefused("sign_in_needed")


def test_an_idle_phone_must_sign_in_again(database: Database) -> None:
    """A refresh token that lay for a month opens nothing."""
    with clock.frozen(NOW):
        tokens = signed_in(database)
    with clock.frozen(NOW + REFRESH_LIFE):
        assert refreshed(database, tokens.refresh) == RefreshRefused("sign_in_needed")


@pytest.mark.policy("P63")
def test_a_refresh_token_shown_twice_ends_the_phone(database: Database, settings: Settings) -> None:
    """Whoever of thief and holder comes second: both are out, and the holder is told by message."""
    tokens = signed_in(database)
    thief = refreshed(database, tokens.refresh)
    assert isinstance(thief, Tokens)
    account = holder(database, thief.access)
    assert account is not None
    assert refreshed(database, tokens.refresh) == RefreshRefused("refresh_reused")
    assert holder(database, thief.access) is None
    assert refreshed(database, thief.refresh) == RefreshRefused("sign_in_needed")
    assert notices(database, account.account_id) == [NoticeKind.REFRESH_REUSED]
    carry_out(database, settings)
    (message,) = messages_to(database, NUMBER)
    assert message["template"] == "account_refresh_reused.zh"
    with database.reading() as session:
        audited = session.scalars(select(AuditEntry.event)).all()
    assert "account.refresh_reused" in audited


def test_two_at_once_cannot_both_refresh(database: Database) -> None:
    """A stolen token that is used first leaves the holder's own use to be noticed."""
    tokens = signed_in(database)
    outcomes = [refreshed(database, tokens.refresh) for _ in range(2)]
    assert sum(isinstance(outcome, Tokens) for outcome in outcomes) == 1


def test_signing_out_there_ends_that_phone_alone(database: Database) -> None:
    """Of two phones the one goes out at once and the other stays."""
    here, there = signed_in(database, "here"), signed_in(database, "there")
    me = holder(database, here.access)
    assert me is not None
    with database.unit_of_work() as session:
        assert [phone.label for phone in phones_of(session, me)] == ["there", "here"]
        sign_out_there(session, me, there.phone_id)
    assert holder(database, there.access) is None
    assert holder(database, here.access) is not None
    assert notices(database, me.account_id) == [NoticeKind.PHONE_ENDED, NoticeKind.PHONE_ADDED]


def test_nobody_signs_a_strangers_phone_out(database: Database) -> None:
    """Another account's phone does not exist for me, nor does one that is out already."""
    mine, other = signed_in(database), signed_in(database, number="13800000002")
    me = holder(database, mine.access)
    assert me is not None
    for phone_id in (other.phone_id, "0" * 26):
        with pytest.raises(NotFound, match="phone_not_found"), database.unit_of_work() as session:
            sign_out_there(session, me, phone_id)
    assert holder(database, other.access) is not None


def test_the_eleventh_phone_takes_the_place_of_the_idlest(database: Database) -> None:
    """Ten phones are enough for anybody; the one that was used longest ago goes."""
    signed = []
    for at in range(MOST_PHONES + 1):
        with clock.frozen(NOW + timedelta(seconds=at)):
            signed.append(signed_in(database, f"phone {at}"))
    with clock.frozen(NOW + timedelta(seconds=MOST_PHONES + 1)):
        standing = [holder(database, tokens.access) is not None for tokens in signed]
    assert standing == [False] + [True] * MOST_PHONES


@pytest.mark.policy("P63")
def test_a_lost_phone_is_stopped_with_the_card(database: Database, settings: Settings) -> None:
    """Whoever stands at a terminal with his card stops every phone, and his number is told."""
    tokens = [signed_in(database, label) for label in ("one", "two")]
    with database.unit_of_work() as session:
        resident = find_or_register(session, **AYGUL, kind=CardKind.RESIDENT)
        phone = session.get_one(AccountPhone, tokens[0].phone_id)
        accounts.prove(session, phone, resident, way=Way.ID_CARD)
    with database.unit_of_work() as session:
        assert stop_all(session, resident.id, by=SYSTEM) == 2
        assert stop_all(session, resident.id, by=SYSTEM) == 0
    assert [holder(database, each.access) for each in tokens] == [None, None]
    carry_out(database, settings)
    templates = [message["template"] for message in messages_to(database, NUMBER)]
    assert templates == ["account_phones_stopped.zh"]


def test_stopping_the_phones_of_somebody_without_an_account_is_no_error(database: Database) -> None:
    """A resident who never had an account has nothing to stop, and nothing is told of that."""
    with database.unit_of_work() as session:
        resident = find_or_register(session, **AYGUL, kind=CardKind.RESIDENT)
        assert stop_all(session, resident.id, by=SYSTEM) == 0


def test_old_tokens_are_forgotten_and_spent_ones_kept(database: Database) -> None:
    """A spent refresh token must still be known as stolen while its phone lives."""
    with clock.frozen(NOW):
        tokens = signed_in(database)
        assert isinstance(refreshed(database, tokens.refresh), Tokens)
    with clock.frozen(NOW + timedelta(days=2)):
        with database.unit_of_work() as session:
            assert phones.forget_old_phones(session) == 2
        assert refreshed(database, tokens.refresh) == RefreshRefused("refresh_reused")


def test_a_notice_to_nobodys_number_goes_nowhere(database: Database, settings: Settings) -> None:
    """An account without a number is told on its phones alone."""
    with database.unit_of_work() as session:
        account = accounts.open_without_number(session)
        tell(session, account.id, NoticeKind.PHONES_STOPPED)
    carry_out(database, settings)
    assert notices(database, account.id) == [NoticeKind.PHONES_STOPPED]

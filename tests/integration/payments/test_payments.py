"""Orders and their money, on both databases: counted once, never lost, too much goes back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.payments import chores, refunds
from kiosk_server.payments.events import PaymentEvent
from kiosk_server.payments.heard import AUDITED_FORGERIES, Heard, forget_notices, hear_forged
from kiosk_server.payments.life import AttemptState, OrderState, RefundState
from kiosk_server.payments.models import PaymentNotice
from kiosk_server.payments.ports import NoticeOfPayment, NoticeOfRefund, Paid
from kiosk_server.payments.queries import open_differences, receipt_of
from kiosk_server.payments.reconciling import Settlement, settle
from kiosk_server.payments.rules import Channel, DifferenceKind, RefundReason
from kiosk_server.payments.settling import lock_order
from tests.support.paying import ALIPAY, FEES_FEN, NOON, WECHAT, Till


@pytest.fixture
def till(database: Database) -> Iterator[Till]:
    """The room at noon."""
    with clock.frozen(NOON):
        yield Till(database)


def refund(till: Till, order_id: str, amount_fen: int | None = None, key: str | None = None) -> str:
    """Ask money back by staff."""
    with till.database.unit_of_work() as session:
        order = lock_order(session, order_id)
        made = refunds.refund(
            session,
            order,
            reason=RefundReason.BY_STAFF,
            by=SYSTEM,
            amount_fen=amount_fen,
            request_key=key,
        )
        return made.id


def events(till: Till, event: str) -> int:
    """How many messages of one topic were made."""
    with till.database.reading() as session:
        count = select(func.count()).where(OutboxMessage.topic == event)
        return session.scalar(count) or 0


@pytest.mark.policy("P43")
def test_an_order_is_paid_by_a_notice_once(till: Till) -> None:
    """The notice pays, its repetitions count nothing, and others are told once."""
    order_id, attempt_id = till.paid()
    notice = till.channels[WECHAT].notice(attempt_id)
    assert till.hear(WECHAT, notice) is Heard.REPEATED
    assert till.hear(WECHAT, notice, sent="the same bytes") is Heard.REPEATED
    assert till.hear(WECHAT, notice, sent="the same bytes") is Heard.REPEATED
    assert till.order(order_id).state == OrderState.PAID
    assert till.balance() == FEES_FEN == till.held_by_channels()
    assert events(till, PaymentEvent.PAID) == 1
    with till.database.reading() as session:
        receipt = receipt_of(session, order_id)
        times = session.scalars(select(PaymentNotice.times).order_by(PaymentNotice.times)).all()
    assert receipt is not None
    assert receipt.id.startswith("20261123-")
    assert times == [1, 1, 2]


def test_the_code_is_there_once_the_channel_gave_it(till: Till) -> None:
    """An attempt waits with the channel's code; asked for twice it is one."""
    order = till.open()
    first = till.begin(order.id)
    assert first.code is None
    assert till.begin(order.id).id == first.id
    till.work()
    (attempt,) = till.attempts(order.id)
    assert (attempt.state, attempt.code) == (AttemptState.WAITING, f"pay://{first.id}")
    asked = till.channels[WECHAT].orders[first.id]
    assert asked.notify_url == "https://city.example/callbacks/wechat-pay"
    assert (asked.amount_fen, asked.title) == (FEES_FEN, "档案复制费")


def test_a_thing_is_owed_once(till: Till) -> None:
    """A second order for the same thing is the first one, until that one is paid."""
    first = till.open("thing")
    assert till.open("thing").id == first.id
    assert till.open("other", request_key="k").id == till.open("other", request_key="k").id
    till.begin(first.id)
    till.work()
    (attempt,) = till.attempts(first.id)
    till.channels[WECHAT].pay(attempt.id)
    till.hear(WECHAT, till.channels[WECHAT].notice(attempt.id))
    with pytest.raises(Conflict, match="already_paid"):
        till.open("thing")
    refund(till, first.id)
    till.work()
    assert till.open("thing").id != first.id


@pytest.mark.policy("P43")
def test_a_second_payment_goes_back_by_itself(till: Till) -> None:
    """Paid by two channels, the order is paid once, and the later money returns whole."""
    order = till.open()
    one = till.begin(order.id, WECHAT)
    till.work()
    till.channels[WECHAT].lose = ["close down"]
    two = till.begin(order.id, ALIPAY)
    till.work()
    till.channels[WECHAT].pay(one.id)
    till.channels[ALIPAY].pay(two.id)
    assert till.hear(WECHAT, till.channels[WECHAT].notice(one.id)) is Heard.COUNTED
    assert till.order(order.id).state == OrderState.PAID
    assert till.hear(ALIPAY, till.channels[ALIPAY].notice(two.id)) is Heard.GOES_BACK
    till.work()
    (back,) = till.refunds(order.id)
    assert (back.state, back.reason) == (RefundState.DONE, RefundReason.PAID_TWICE)
    assert till.order(order.id).state == OrderState.PAID
    assert till.balance() == FEES_FEN == till.held_by_channels()


def test_money_that_comes_after_the_close_goes_back(till: Till) -> None:
    """A closed order stays closed; what came late returns."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    till.close(order.id)
    till.work()
    assert till.order(order.id).state == OrderState.CLOSED
    late = NoticeOfPayment(attempt.id, Paid("late", FEES_FEN, clock.now()))
    till.channels[WECHAT].paid[attempt.id] = late.paid
    assert till.hear(WECHAT, late) is Heard.GOES_BACK
    till.work()
    assert till.order(order.id).state == OrderState.CLOSED
    assert till.balance() == 0 == till.held_by_channels()
    assert till.refunds(order.id)[0].reason == RefundReason.PAID_LATE


def test_money_that_comes_while_closing_pays(till: Till) -> None:
    """The channel knows better than the close that is under way."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    till.channels[WECHAT].pay(attempt.id)
    till.close(order.id)
    assert till.order(order.id).state == OrderState.CLOSING
    till.work()
    assert till.order(order.id).state == OrderState.PAID
    assert events(till, PaymentEvent.CLOSED) == 0


def test_a_lost_notice_is_made_up_for_by_asking(till: Till) -> None:
    """Who is not told asks: half a minute later the order is paid."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    till.channels[WECHAT].pay(attempt.id)
    with clock.frozen(NOON + timedelta(seconds=31)):
        till.tick()
    assert till.order(order.id).state == OrderState.PAID


def test_a_lost_answer_leaves_an_attempt_unknown_until_asked(till: Till) -> None:
    """The channel has the order and we do not know: asked again it gives the same code."""
    order = till.open()
    attempt = till.begin(order.id)
    till.channels[WECHAT].lose = ["create"]
    till.work()
    assert till.attempts(order.id)[0].state == AttemptState.UNKNOWN
    till.work()
    (known,) = till.attempts(order.id)
    assert (known.state, known.code) == (AttemptState.WAITING, f"pay://{attempt.id}")


def test_an_order_that_is_over_closes_by_the_clock(till: Till) -> None:
    """After half an hour it is closed at the channel, then here; a lost answer only delays that."""
    order = till.open()
    attempt = till.begin(order.id)
    idle = till.open()
    till.work()
    till.channels[WECHAT].lose = ["close", "close"]
    later = NOON + timedelta(minutes=30)
    with clock.frozen(later):
        till.tick()
        assert till.order(order.id).state == OrderState.CLOSING
        assert till.order(idle.id).state == OrderState.CLOSED
        with pytest.raises(WrongState):
            till.begin(order.id)
    with clock.frozen(later + timedelta(minutes=31)):
        till.tick()
    assert till.order(order.id).state == OrderState.CLOSED
    assert attempt.id in till.channels[WECHAT].closed


def test_a_refused_attempt_leaves_the_order_to_another_channel(till: Till) -> None:
    """What one channel declines another may take."""
    order = till.open()
    till.channels[WECHAT].declines = "NOAUTH"
    till.begin(order.id, WECHAT)
    till.work()
    (refused,) = till.attempts(order.id)
    assert (refused.state, refused.refused_for) == (AttemptState.REFUSED, "NOAUTH")
    till.begin(order.id, ALIPAY)
    till.work()
    assert till.attempts(order.id)[1].state == AttemptState.WAITING


def test_what_cannot_be_begun_is_refused(till: Till) -> None:
    """No such order, no such channel, no time left, no end of attempts."""
    with pytest.raises(NotFound, match="order_not_found"):
        till.begin("0" * 26)
    order = till.open()
    with pytest.raises(Conflict, match="channel_not_connected"):
        till.begin(order.id, Channel.PUBLIC_PAYMENT)
    with clock.frozen(NOON + timedelta(minutes=30)), pytest.raises(Conflict, match="order_over"):
        till.begin(order.id)
    for turn in range(8):
        till.begin(order.id, (WECHAT, ALIPAY)[turn % 2])
    with pytest.raises(Conflict, match="attempts_enough"):
        till.begin(order.id)


def test_a_notice_with_another_amount_is_doubted_and_the_channel_asked(till: Till) -> None:
    """The amount of a notice does not pay; the channel's own answer does."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    till.channels[WECHAT].pay(attempt.id)
    less = NoticeOfPayment(attempt.id, Paid("x", 1, clock.now()))
    assert till.hear(WECHAT, less) is Heard.DOUBTED
    assert till.order(order.id).state == OrderState.WAITING
    till.work()
    assert till.order(order.id).state == OrderState.PAID
    assert till.balance() == FEES_FEN


def test_money_of_another_amount_goes_back(till: Till) -> None:
    """Where the channel itself has another amount, none of it pays and all of it returns."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    till.channels[WECHAT].pay(attempt.id, amount_fen=FEES_FEN - 1)
    till.hear(WECHAT, till.channels[WECHAT].notice(attempt.id))
    till.work()
    till.work()
    assert till.order(order.id).state == OrderState.WAITING
    assert till.balance() == 0 == till.held_by_channels()


def test_a_notice_of_anothers_number_pays_nothing(till: Till) -> None:
    """A number of another channel, of nobody, or a payment that paid before."""
    _, paid = till.paid()
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    fine = Paid("y", FEES_FEN, clock.now())
    assert till.hear(ALIPAY, NoticeOfPayment(attempt.id, fine)) is Heard.NOT_OURS
    assert till.hear(WECHAT, NoticeOfPayment("0" * 26, fine)) is Heard.NOT_OURS
    same = till.channels[WECHAT].paid[paid]
    assert till.hear(WECHAT, NoticeOfPayment(attempt.id, same)) is Heard.DOUBTED
    assert till.order(order.id).state == OrderState.WAITING


@pytest.mark.policy("P43")
def test_refunds_in_parts_never_exceed_what_came(till: Till) -> None:
    """Parts go back until nothing is left; a part more, and a refund twice, are refused."""
    order_id, _ = till.paid()
    first = refund(till, order_id, 1000, key="one")
    assert refund(till, order_id, 1000, key="one") == first
    assert till.order(order_id).state == OrderState.REFUNDING
    till.work()
    assert till.order(order_id).state == OrderState.PARTLY_REFUNDED
    for amount in (0, FEES_FEN, 1501):
        with pytest.raises(Conflict, match="refund_too_much"):
            refund(till, order_id, amount)
    with pytest.raises(Invalid):
        refund(till, order_id, -1)
    refund(till, order_id)
    till.work()
    order = till.order(order_id)
    assert (order.state, order.returned_fen) == (OrderState.REFUNDED, FEES_FEN)
    assert till.balance() == 0 == till.held_by_channels()
    with pytest.raises(WrongState):
        refund(till, order_id)
    assert events(till, PaymentEvent.REFUNDED) == 2


def test_a_refund_whose_answer_was_lost_is_done_once(till: Till) -> None:
    """It is asked again under its number, and a notice that is faster counts it as well."""
    order_id, _ = till.paid()
    till.channels[WECHAT].lose = ["refund"]
    number = refund(till, order_id, 500)
    till.work()
    assert till.refunds(order_id)[0].state == RefundState.UNKNOWN
    done = till.channels[WECHAT].returned[number][1]
    assert till.hear(WECHAT, NoticeOfRefund(number, done)) is Heard.REFUND_ENDED
    with clock.frozen(NOON + timedelta(minutes=1)):
        till.tick()
    assert till.balance() == FEES_FEN - 500 == till.held_by_channels()


def test_a_refund_that_the_channel_declines_waits_for_a_person(till: Till) -> None:
    """He sends it again once the reason is gone."""
    order_id, _ = till.paid()
    till.channels[WECHAT].declines = "NOT_ENOUGH"
    number = refund(till, order_id)
    till.work()
    (made,) = till.refunds(order_id)
    assert (made.state, made.failed_for) == (RefundState.FAILED, "NOT_ENOUGH")
    assert till.order(order_id).state == OrderState.REFUNDING
    till.channels[WECHAT].declines = None
    with till.database.unit_of_work() as session:
        refunds.send_again(session, number, by=SYSTEM)
    till.work()
    assert till.order(order_id).state == OrderState.REFUNDED


def test_a_day_is_reconciled_to_the_fen(till: Till) -> None:
    """Bill and book agree; what differs is listed once, comes right by itself or by a person."""
    order_id, _ = till.paid()
    refund(till, order_id, 300)
    order = till.open()
    untold = till.begin(order.id)
    till.work()
    till.channels[WECHAT].pay(untold.id)
    stranger = "1" * 26
    till.channels[WECHAT].paid[stranger] = Paid("stranger", 700, clock.now())
    with clock.frozen(NOON + timedelta(days=1)):
        for _ in range(2):
            with till.database.unit_of_work() as session:
                chores.ask_bills(session, [WECHAT])
            till.work()
        with till.database.reading() as session:
            found = open_differences(session)
        assert {(one.number, one.kind) for one in found} == {
            (untold.id, DifferenceKind.NOT_IN_BOOK),
            (stranger, DifferenceKind.NOT_IN_BOOK),
        }
        till.work()
        assert till.order(order.id).state == OrderState.PAID
    with clock.frozen(NOON + timedelta(days=2)):
        with till.database.unit_of_work() as session:
            chores.ask_bills(session, [WECHAT])
        till.work()
        with till.database.unit_of_work() as session:
            (left,) = open_differences(session)
            assert (left.number, left.bill_fen, left.book_fen) == (stranger, 700, None)
            with pytest.raises(WrongState):
                settle(session, left.id, Settlement.CAME_RIGHT, by=SYSTEM)
            settle(session, left.id, Settlement.NOT_OF_THE_HOUSE, by=Actor("staff", "s1"))
        with till.database.reading() as session:
            assert open_differences(session) == []


def test_forged_notices_are_audited_and_fill_nothing(till: Till) -> None:
    """Thirty in ten minutes stand in the audit; no row is made of any."""
    with till.database.unit_of_work() as session:
        for _ in range(AUDITED_FORGERIES + 5):
            hear_forged(session, WECHAT, "signature")
    with till.database.reading() as session:
        named = AuditEntry.event == AuditEvent.PAYMENT_NOTICE_FORGED.value
        assert session.scalar(select(func.count()).where(named)) == AUDITED_FORGERIES
        assert session.scalar(select(func.count(PaymentNotice.id))) == 0


def test_old_notices_are_forgotten(till: Till) -> None:
    """After four hundred days nobody can question them any more."""
    till.paid()
    with clock.frozen(NOON + timedelta(days=401)), till.database.unit_of_work() as session:
        assert forget_notices(session) == 1

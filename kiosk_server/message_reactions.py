"""What goes to people's phones: codes, calls, notices; each is sent once, by its row's id."""

from collections.abc import Mapping
from typing import Protocol

from kiosk_server.bookings.telling import BOOKING_TOLD, send_booking_message
from kiosk_server.cases.number_code import send_number_code
from kiosk_server.certificates import expiry
from kiosk_server.core.database import Database
from kiosk_server.gateways.assembly import gateways_from
from kiosk_server.notices.rules import Topic
from kiosk_server.outbox.dispatcher import Handler, OutcomeUnknown
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.ports import MessageOutcome
from kiosk_server.queue.telling import TICKET_CALLED, send_called_message
from kiosk_server.residents.account_notices import ACCOUNT_NOTICE_ASKED, send_account_notice
from kiosk_server.residents.sign_in_codes import SIGN_IN_CODE_ASKED, send_sign_in_code
from kiosk_server.settings import Settings
from kiosk_server.upkeep.calling import CALL_ASKED, send_call
from kiosk_server.visits.number_code import NUMBER_CODE_ASKED
from kiosk_server.visits.presence import PHONE_CODE_ASKED, send_phone_code
from kiosk_server.work_orders.notices import NOTICE_ASKED, send_notice


class WithMessages(Protocol):
    """What a handler of messages needs."""

    @property
    def database(self) -> Database:
        """Where what is told stands."""
        ...

    @property
    def settings(self) -> Settings:
        """Which channel carries messages, if any."""
        ...


def send_code(context: WithMessages, letter: Letter) -> None:
    """A one-time code goes to its phone; the row's id keeps it from going twice."""
    messages = gateways_from(context.settings, context.database).messages
    if messages is None:
        return
    outcome = send_phone_code(context.database, messages, str(letter.payload["phone_code"]))
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def send_code_of_number(context: WithMessages, letter: Letter) -> None:
    """A one-time code goes to the phone on record for a number, if there is one."""
    partners = gateways_from(context.settings, context.database)
    if partners.messages is None:
        return
    code_id = str(letter.payload["phone_code"])
    outcome = send_number_code(context.database, partners.records, partners.messages, code_id)
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def send_code_of_account(context: WithMessages, letter: Letter) -> None:
    """A sign-in code goes to its number; the row's id keeps it from going twice."""
    messages = gateways_from(context.settings, context.database).messages
    if messages is None:
        return
    outcome = send_sign_in_code(context.database, messages, str(letter.payload["code"]))
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def tell_account_holder(context: WithMessages, letter: Letter) -> None:
    """The holder of an account is told of his phones; the notice's id keeps it single."""
    messages = gateways_from(context.settings, context.database).messages
    if messages is None:
        return
    outcome = send_account_notice(context.database, messages, str(letter.payload["notice"]))
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def call_technician(context: WithMessages, letter: Letter) -> None:
    """A technician is called for an alert; the call's id keeps it from going twice."""
    messages = gateways_from(context.settings, context.database).messages
    outcome = send_call(context.database, messages, str(letter.payload["call"]))
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def tell_assignee(context: WithMessages, letter: Letter) -> None:
    """Somebody has a work order, or its limit comes near; the notice's id keeps it single."""
    messages = gateways_from(context.settings, context.database).messages
    outcome = send_notice(context.database, messages, str(letter.payload["notice"]))
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def tell_expiring(context: WithMessages, letter: Letter) -> None:
    """A holder is told that a certificate ends soon; the notice's id keeps it single."""
    messages = gateways_from(context.settings, context.database).messages
    notice = str(letter.payload["notice"])
    if expiry.send_expiry_notice(context.database, messages, notice) is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def tell_booker(context: WithMessages, letter: Letter) -> None:
    """Whose booking it is has to act; the message's id keeps it from going twice."""
    messages = gateways_from(context.settings, context.database).messages
    if messages is None:
        return
    message, booking, topic = (str(letter.payload[key]) for key in ("message", "booking", "topic"))
    outcome = send_booking_message(context.database, messages, message, booking, Topic(topic))
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


def tell_called(context: WithMessages, letter: Letter) -> None:
    """Who has booked is called to a window; the message's id keeps it from going twice."""
    messages = gateways_from(context.settings, context.database).messages
    if messages is None:
        return
    message, ticket = (str(letter.payload[key]) for key in ("message", "ticket"))
    outcome = send_called_message(context.database, messages, message, ticket)
    if outcome is MessageOutcome.ANSWER_LOST:
        raise OutcomeUnknown("message_answer_lost")


MESSAGE_HANDLERS: Mapping[str, Handler[WithMessages]] = {
    PHONE_CODE_ASKED: send_code,
    NUMBER_CODE_ASKED: send_code_of_number,
    SIGN_IN_CODE_ASKED: send_code_of_account,
    ACCOUNT_NOTICE_ASKED: tell_account_holder,
    CALL_ASKED: call_technician,
    NOTICE_ASKED: tell_assignee,
    expiry.EXPIRY_TOLD: tell_expiring,
    BOOKING_TOLD: tell_booker,
    TICKET_CALLED: tell_called,
}

"""Who is called, through the outbox: in order, once, and nobody for what is over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid
from kiosk_server.gateways.sms_simulated import SimulatedPhones
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from kiosk_server.staff.models import StaffMember
from kiosk_server.staff.services import disable_member
from kiosk_server.terminals.rules import Condition
from kiosk_server.upkeep import on_call
from kiosk_server.upkeep.calling import send_call
from kiosk_server.upkeep.models import AlertCall, OnCallDuty
from kiosk_server.upkeep.rules import SilenceReason
from kiosk_server.upkeep.services import silence, wake
from tests.support.ailing import CITY_CODE, KEEPER, TOWN_CODE, Ailing

ONE = "AT-0001"
QUARTER = 15 * 60 + 30
"""A quarter of an hour, and the look after it."""


class Phones:
    """A channel that remembers what it was given."""

    simulated = False

    def __init__(self, outcome: MessageOutcome = MessageOutcome.SENT) -> None:
        self.got: list[PhoneMessage] = []
        self._outcome = outcome

    def send(self, message: PhoneMessage) -> MessageOutcome:
        self.got.append(message)
        return self._outcome


def out_of_paper(town: Ailing) -> None:
    """The A4 printer of the first terminal has had no paper for a while."""
    town.says(ONE, Condition.NEEDS_ATTENTION, "paper_out")
    town.wait(20)


def delivered(town: Ailing, phones: Phones) -> list[PhoneMessage]:
    """Hand over every call that has not been; return all that the channel got."""
    for call in town.calls():
        with town.at_work():
            send_call(town.database, phones, call.id)
    return phones.got


@pytest.mark.policy("P53")
def test_the_first_on_the_list_is_called_at_once(town: Ailing) -> None:
    """Who, where, what, since when: and nothing of any resident."""
    town.open()
    first = town.on_call("weihu")
    town.on_call("songtake", rank=2)
    out_of_paper(town)
    [call] = town.calls()
    assert call.staff_id == first
    [message] = delivered(town, Phones())
    assert message.phone == "13900000001"
    assert message.values == {
        "terminal": ONE,
        "site": "阿图什市政务服务中心",
        "trouble": "A4 打印机：纸用完了",
        "since": "12:00",
        "count": "1",
    }
    [call] = town.calls()
    assert (call.outcome, call.simulated) == ("sent", False)
    assert call.sent_at is not None


@pytest.mark.policy("P53")
def test_a_trouble_climbs_until_it_is_gone(town: Ailing) -> None:
    """The next is called a quarter of an hour later, then nobody; what is gone calls nobody."""
    town.open()
    order = [
        town.on_call("weihu"),
        town.on_call("songtake", rank=2),
        town.on_call("guanli", rank=3),
    ]
    out_of_paper(town)
    town.wait(QUARTER)
    assert [call.staff_id for call in town.calls()] == order[:2]
    assert town.alerts()[0].escalated_at is not None
    town.well(ONE)
    town.wait(2 * QUARTER)
    assert [call.staff_id for call in town.calls()] == order[:2]


def test_nearest_people_come_first(town: Ailing) -> None:
    """A township's own people are called before the city's, for the township alone."""
    town.open(centre=1, town=1)
    city, near = town.on_call("weihu"), town.on_call("songtake", TOWN_CODE)
    with town.database.reading() as session:
        village = on_call.list_for(session, TOWN_CODE)
        centre = on_call.list_for(session, CITY_CODE)
    assert [duty.staff_id for duty in village] == [near, city]
    assert [duty.staff_id for duty in centre] == [city]


@pytest.mark.policy("P53")
def test_a_silent_site_is_one_call(town: Ailing) -> None:
    """Power gone in the whole centre: five alerts, one call that says how many."""
    town.open(centre=5)
    town.on_call("weihu")
    town.silent.update(town.troubles)
    town.wait(600)
    assert len(town.open_kinds()) == 5
    assert len(town.calls()) == 1
    [message] = delivered(town, Phones())
    assert (message.template, message.values["count"]) == ("alert_site.zh", "5")
    head, *others = town.alerts()
    assert {alert.grouped_with for alert in others} == {head.id}


def test_the_rest_of_a_silent_site_is_still_called_for(town: Ailing) -> None:
    """When the one that spoke for all comes back, the climb goes on for the others."""
    town.open(centre=3)
    town.on_call("weihu")
    second = town.on_call("songtake", rank=2)
    town.silent.update(town.troubles)
    town.wait(200)
    town.silent.discard(ONE)
    town.wait(QUARTER)
    assert town.open_kinds(ONE) == []
    assert [call.staff_id for call in town.calls()][1:] == [second]


def test_a_lone_silent_terminal_is_called_for_by_itself(town: Ailing) -> None:
    """One of three is silent: no group, one call."""
    town.open(centre=3)
    town.on_call("weihu")
    town.silent.add(ONE)
    town.wait(300)
    assert len(town.calls()) == 1
    assert town.alerts()[0].grouped_with is None


def test_silence_stops_the_climb_and_its_end_begins_it_anew(town: Ailing) -> None:
    """Whoever took it on is not called over; when his time is up the first is called again."""
    town.open()
    first = town.on_call("weihu")
    town.on_call("songtake", rank=2)
    out_of_paper(town)
    [alert] = town.alerts()
    until = town.now + timedelta(hours=1)
    with town.at_work(), town.database.unit_of_work() as session:
        silence(session, alert.id, by=KEEPER, reason=SilenceReason.ON_MY_WAY, until=until)
    town.wait(3590)
    assert len(town.calls()) == 1
    town.wait(20)
    assert [call.staff_id for call in town.calls()] == [first, first]


def test_waking_calls_at_once(town: Ailing) -> None:
    """Who lifts a silence need not wait for its end."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    [alert] = town.alerts()
    until = town.now + timedelta(hours=8)
    with town.at_work(), town.database.unit_of_work() as session:
        silence(session, alert.id, by=KEEPER, reason=SilenceReason.KNOWN, until=until)
    town.wait(60)
    with town.at_work(), town.database.unit_of_work() as session:
        wake(session, alert.id, by=KEEPER)
    town.wait(5)
    assert len(town.calls()) == 2


def test_silencing_one_of_a_silent_site_silences_it_whole(town: Ailing) -> None:
    """One power cut, one person who knows of it."""
    town.open(centre=2)
    town.on_call("weihu")
    town.on_call("songtake", rank=2)
    town.silent.update(town.troubles)
    town.wait(200)
    member = town.alerts()[1]
    until = town.now + timedelta(hours=8)
    with town.at_work(), town.database.unit_of_work() as session:
        silence(session, member.id, by=KEEPER, reason=SilenceReason.POWER_CUT, until=until)
    town.wait(3600)
    assert len(town.calls()) == 1
    assert {alert.silence_reason for alert in town.alerts()} == {"power_cut"}


def test_what_is_over_is_not_sent(town: Ailing) -> None:
    """A message that waited in the outbox until its trouble was gone, or silenced, stays there."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    town.well(ONE)
    phones = Phones()
    assert delivered(town, phones) == []
    assert [call.outcome for call in town.calls()] == ["not_needed"]


def test_nobody_on_call_is_asked_again(town: Ailing) -> None:
    """An empty list calls nobody; who is put on it later is called."""
    town.open()
    out_of_paper(town)
    assert town.calls() == []
    late = town.on_call("weihu")
    town.wait(QUARTER)
    assert [call.staff_id for call in town.calls()] == [late]


def test_a_closed_account_is_not_called(town: Ailing) -> None:
    """Whoever works here no longer is passed over."""
    town.open()
    gone, here = town.on_call("weihu"), town.on_call("songtake", rank=2)
    with town.database.unit_of_work() as session:
        disable_member(session, gone, by=KEEPER)
    out_of_paper(town)
    assert [call.staff_id for call in town.calls()] == [here]


@pytest.mark.policy("P53")
def test_who_was_spared_a_message_is_called_when_the_trouble_comes_back(town: Ailing) -> None:
    """A trouble that was gone for the moment in which its message was to go out is still told."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    town.well(ONE)
    phones = Phones()
    assert delivered(town, phones) == []
    town.wait(8)
    assert len(town.calls()) == 1
    out_of_paper(town)
    assert len(delivered(town, phones)) == 1
    assert [call.outcome for call in town.calls()] == ["not_needed", "sent"]
    assert len(town.alerts()) == 1
    town.wait(120)
    assert len(delivered(town, phones)) == 1


@pytest.mark.parametrize("answer", [MessageOutcome.REFUSED, MessageOutcome.ANSWER_LOST])
def test_a_message_that_did_not_arrive_is_not_called_told(
    town: Ailing, answer: MessageOutcome
) -> None:
    """What the channel refused or lost has no time of sending, and is not sent twice."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    phones = Phones(answer)
    delivered(town, phones)
    assert len(delivered(town, phones)) == 1
    [call] = town.calls()
    assert (call.outcome, call.sent_at) == (answer.value, None)


def test_without_a_channel_nothing_is_called_sent(town: Ailing) -> None:
    """A server that has no channel says so with the call."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    [call] = town.calls()
    with town.at_work():
        send_call(town.database, None, call.id)
    assert [(call.outcome, call.sent_at) for call in town.calls()] == [("no_channel", None)]


def test_the_worker_carries_a_call_out(town: Ailing, settings: Settings) -> None:
    """Through the outbox to the simulated channel, which says what it is; again changes nothing."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    dispatcher = Dispatcher(town.database, HANDLERS, Context(town.database, settings))
    with town.at_work():
        while dispatcher.work_one():
            pass
    [call] = town.calls()
    assert (call.outcome, call.simulated) == ("sent", True)
    with town.at_work():
        send_call(town.database, SimulatedPhones(town.database), call.id)
    assert town.calls()[0].sent_at == call.sent_at


def test_phones_are_sealed(town: Ailing, database: Database) -> None:
    """A copy of the table tells no number; the list shows it masked."""
    town.open()
    town.on_call("weihu")
    with database.reading() as session:
        row = session.scalars(select(OnCallDuty)).one()
        [duty] = on_call.within(session, "650000")
        shown = on_call.masked_phone_of(session, duty.id)
    assert b"13900000001" not in row.phone_sealed
    assert shown == "139****0001"


@pytest.mark.parametrize(
    ("phone", "rank", "at"), [("12345", 1, "phone"), ("13900000001", 0, "rank")]
)
def test_faulty_duty_is_refused(town: Ailing, phone: str, rank: int, at: str) -> None:
    """Every faulty field is named; nobody stands on one list twice."""
    town.open()
    with town.database.reading() as session:
        member = session.scalars(select(StaffMember.id).where(StaffMember.login == "weihu")).one()
    with pytest.raises(Invalid) as refused, town.database.unit_of_work() as session:
        on_call.enter(session, CITY_CODE, staff_id=member, phone=phone, rank=rank, by=KEEPER)
    assert [fault.at for fault in refused.value.fields] == [at]
    town.on_call("weihu")
    with pytest.raises(Conflict):
        town.on_call("weihu")


def test_who_leaves_a_list_is_not_called(town: Ailing) -> None:
    """Taken off between the call and its message, he gets none."""
    town.open()
    town.on_call("weihu")
    out_of_paper(town)
    with town.database.unit_of_work() as session:
        on_call.remove(session, town.calls()[0].duty_id, by=KEEPER)
    assert delivered(town, Phones()) == []
    with town.database.reading() as session:
        assert session.scalars(select(AlertCall.outcome)).all() == ["not_needed"]

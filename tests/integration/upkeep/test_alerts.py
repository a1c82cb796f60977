"""Alerts in the database: opened from states and from silence, closed by themselves, silenced."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.terminals import services as terminals
from kiosk_server.terminals.history import changes_of, forget_state_changes
from kiosk_server.terminals.rules import Condition, WithdrawalReason
from kiosk_server.upkeep.models import Alert
from kiosk_server.upkeep.rules import SilenceReason
from kiosk_server.upkeep.services import silence, wake
from tests.support.ailing import KEEPER, NOON, Ailing
from tests.support.at_once import at_once

ONE, TWO = "AT-0001", "AT-0002"
OUT = (Condition.NEEDS_ATTENTION, "paper_out")


def audited(town: Ailing) -> list[str]:
    """What was audited of alerts, in order."""
    with town.database.reading() as session:
        wanted = select(AuditEntry.event).where(AuditEntry.event.like("upkeep.alert%"))
        return list(session.scalars(wanted.order_by(AuditEntry.id)))


@pytest.mark.policy("P53")
def test_paper_out_opens_one_alert_and_paper_in_closes_it(town: Ailing) -> None:
    """From the state that the terminal told, without anybody asking; audited at both ends."""
    town.open().says(ONE, *OUT)
    town.wait(60)
    assert town.open_kinds() == ["a4_printer/paper_out"]
    town.well(ONE)
    town.wait(15)
    assert town.open_kinds() == ["a4_printer/paper_out"]
    town.wait(15)
    assert town.open_kinds() == []
    assert audited(town) == ["upkeep.alert_opened", "upkeep.alert_closed"]
    assert len(town.alerts()) == 1


@pytest.mark.policy("P53")
def test_three_misses_are_silence_and_a_word_ends_it(town: Ailing) -> None:
    """A terminal that is not heard of for three heartbeats is offline until it is heard again."""
    town.open()
    town.silent.add(ONE)
    town.wait(90)
    assert town.open_kinds() == []
    town.wait(5)
    assert town.open_kinds() == ["terminal/offline"]
    town.silent.clear()
    town.wait(30 + 60 + 5)
    assert town.open_kinds() == []


def test_an_open_alert_outlasts_silence(town: Ailing) -> None:
    """What a silent terminal's printer does is not known: its alert waits for the next word."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    town.silent.add(ONE)
    town.wait(300)
    assert sorted(town.open_kinds()) == ["a4_printer/paper_out", "terminal/offline"]
    town.silent.clear()
    town.well(ONE)
    town.wait(90)
    assert town.open_kinds() == []


def test_flickering_paper_is_one_alert(town: Ailing) -> None:
    """A sensor that changes its mind every few seconds neither opens twice nor closes."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    for _ in range(6):
        town.well(ONE)
        town.wait(8)
        town.says(ONE, *OUT)
        town.wait(8)
    assert len(town.alerts()) == 1
    assert town.open_kinds() == ["a4_printer/paper_out"]


def test_loading_paper_is_no_alert(town: Ailing) -> None:
    """A cover that is open for half a minute leaves no trace."""
    town.open().says(ONE, Condition.NEEDS_ATTENTION, "cover_open")
    town.wait(30)
    town.well(ONE)
    town.wait(60)
    assert town.alerts() == []
    with town.database.reading() as session:
        assert session.scalars(select(Alert)).all() == []


def test_a_silence_that_nobody_watched_is_kept(town: Ailing) -> None:
    """With no worker alive, the word that ends a silence opens its alert, and it closes later."""
    town.open()
    town.dead = True
    town.silent.add(ONE)
    town.wait(600)
    town.silent.clear()
    town.wait(30)
    [alert] = town.alerts()
    assert (alert.kind, alert.closed_at) == ("offline", None)
    town.dead = False
    town.wait(70)
    assert town.open_kinds() == []


def test_a_trouble_that_nobody_watched_is_kept(town: Ailing) -> None:
    """Paper that was out for ten minutes is an alert even if no worker lived meanwhile."""
    town.open()
    town.dead = True
    town.says(ONE, Condition.LOW, "paper_low")
    town.wait(600)
    assert town.open_kinds() == ["a4_printer/paper_low"]


def test_locked_terminal_opens_nothing_and_closes_what_goes(town: Ailing) -> None:
    """Whoever locked it is at it; what he repairs is closed as ever."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    with town.at_work(), town.database.unit_of_work() as session:
        terminals.lock(session, ONE, by=KEEPER, reason=WithdrawalReason.MAINTENANCE)
    town.says(ONE, Condition.NEEDS_ATTENTION, "jam", "paper_out")
    town.wait(60)
    assert town.open_kinds() == ["a4_printer/paper_out"]
    town.well(ONE)
    town.wait(30)
    assert town.open_kinds() == []


def test_revoked_terminal_ends_its_alerts(town: Ailing) -> None:
    """A machine that is ours no more wants nobody."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    with town.at_work(), town.database.unit_of_work() as session:
        terminals.revoke(session, ONE, by=KEEPER, reason=WithdrawalReason.RETIRED)
    town.silent.add(ONE)
    town.wait(5)
    assert town.open_kinds() == []


def test_wrong_clock_is_an_alert(town: Ailing) -> None:
    """A clock half a minute wrong is told before signatures fail."""
    town.open().offsets[ONE] = 45.0
    town.wait(120)
    assert town.open_kinds() == ["terminal/clock_skew"]
    town.offsets[ONE] = 25.0
    town.wait(600)
    assert town.open_kinds() == ["terminal/clock_skew"]
    town.offsets[ONE] = 1.0
    town.wait(400)
    assert town.open_kinds() == []


def test_the_database_refuses_a_second_one(town: Ailing) -> None:
    """One cause of one terminal has one live alert, and as many closed ones as there were."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    with town.database.reading() as session:
        kept = session.scalars(select(Alert)).one()
    values = {
        "terminal_id": kept.terminal_id,
        "site_id": kept.site_id,
        "device": kept.device,
        "kind": kept.kind,
        "severity": kept.severity,
        "suspected_at": NOON,
        "last_seen_at": NOON,
    }
    with town.database.unit_of_work() as session:
        session.add_all([Alert(id=new_id(), closed_at=NOON, **values) for _ in range(2)])
    with pytest.raises(IntegrityError), town.database.unit_of_work() as session:
        session.add(Alert(id=new_id(), **values))


def test_two_watches_at_once_open_one(town: Ailing) -> None:
    """Workers that look at the same moment open one alert and make one call."""
    town.open()
    town.on_call("weihu")
    town.dead = True
    town.silent.add(ONE)
    town.wait(100)
    for _ in range(3):
        at_once(town.looks, town.looks, town.looks)
        town.now += timedelta(seconds=30)
    assert town.open_kinds() == ["terminal/offline"]
    assert len(town.calls()) == 1
    assert audited(town) == ["upkeep.alert_opened", "upkeep.alert_called"]


def test_silencing_is_by_name_with_reason_and_end(town: Ailing) -> None:
    """The alert stays on the list, its silence ends, and both are audited."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    [alert] = town.alerts()
    until = town.now + timedelta(hours=2)
    with town.at_work(), town.database.unit_of_work() as session:
        silence(session, alert.id, by=KEEPER, reason=SilenceReason.ON_MY_WAY, until=until)
    [alert] = town.alerts()
    assert (alert.silenced_by, alert.silence_reason) == (KEEPER.id, "on_my_way")
    assert town.open_kinds() == ["a4_printer/paper_out"]
    with town.at_work(), town.database.unit_of_work() as session:
        wake(session, alert.id, by=KEEPER)
    with pytest.raises(WrongState), town.at_work(), town.database.unit_of_work() as session:
        wake(session, alert.id, by=KEEPER)
    assert audited(town)[-2:] == ["upkeep.alert_silenced", "upkeep.alert_woken"]


@pytest.mark.parametrize("hours", [-1, 0, 24 * 7 + 1])
def test_a_silence_has_an_end_within_a_week(town: Ailing, hours: int) -> None:
    """Nothing is silenced for ever, or until yesterday."""
    town.open().says(ONE, *OUT)
    town.wait(15)
    [alert] = town.alerts()
    until = town.now + timedelta(hours=hours)
    with pytest.raises(Invalid), town.at_work(), town.database.unit_of_work() as session:
        silence(session, alert.id, by=KEEPER, reason=SilenceReason.KNOWN, until=until)


def test_only_what_is_open_is_silenced(town: Ailing) -> None:
    """A suspicion has no page yet, a closed alert needs no silence."""
    town.open().says(ONE, *OUT)
    with town.database.reading() as session:
        suspected = session.scalars(select(Alert.id)).one()
    until = town.now + timedelta(hours=1)
    with pytest.raises(NotFound), town.at_work(), town.database.unit_of_work() as session:
        silence(session, suspected, by=KEEPER, reason=SilenceReason.KNOWN, until=until)
    town.wait(15)
    town.well(ONE)
    town.wait(30)
    with pytest.raises(WrongState), town.at_work(), town.database.unit_of_work() as session:
        silence(session, suspected, by=KEEPER, reason=SilenceReason.KNOWN, until=until)


def test_history_has_a_row_for_each_change(town: Ailing) -> None:
    """Heartbeats that say the same leave no row; a year later the rows go."""
    town.open().wait(300)
    town.says(ONE, *OUT)
    town.wait(300)
    with town.database.reading() as session:
        found = changes_of(session, ONE, since=NOON)
    assert [(each.kind, each.condition.value) for each in found if each.kind == "a4_printer"] == [
        ("a4_printer", "needs_attention"),
        ("a4_printer", "ready"),
    ]
    assert len(found) == 4
    with (
        clock.frozen(NOON + timedelta(days=500)),
        town.database.unit_of_work() as session,
    ):
        assert forget_state_changes(session) == 4

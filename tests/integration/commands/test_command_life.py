"""A command's way: asked, agreed to, waited for, signed, answered; and every way it is refused."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.commands import queries, services
from kiosk_server.commands.delivery import Answer, deliver, hear, wanted_of
from kiosk_server.commands.logs import look_at_log
from kiosk_server.commands.models import Command
from kiosk_server.commands.rules import CommandKind, CommandState, MessageText, Wish
from kiosk_server.commands.services import ApprovalRefused
from kiosk_server.commands.signing import COMMAND_CONTEXT, CommandSigner, signer_from
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from kiosk_server.files.models import StoredFile
from kiosk_server.settings import Settings
from kiosk_server.terminals.queries import find
from kiosk_server.terminals.rules import TerminalState, WithdrawalReason
from tests.support.at_once import at_once
from tests.support.counter import OTHER_TERMINAL, TERMINAL, THREE_AT_NIGHT, Counter

FIRST = Actor(kind="staff", id="01first")
SECOND = Actor(kind="staff", id="01second")
REBOOT = Wish(CommandKind.REBOOT)
SELF_TEST = Wish(CommandKind.SELF_TEST)
MESSAGE = Wish(CommandKind.SHOW_MESSAGE, text=MessageText.PAPER_COMING, hours=4)
LOCK = Wish(CommandKind.LOCK, reason=WithdrawalReason.MAINTENANCE)


@pytest.fixture
def signer() -> CommandSigner:
    """The development server's signer."""
    return signer_from(Settings())


def asked(counter: Counter, wish: Wish, *terminals: str, by: Actor = FIRST) -> str:
    """Ask for something in a unit of work of its own; return the order's id."""
    with counter.database.unit_of_work() as session:
        return services.ask(session, terminals or (TERMINAL,), wish, by=by).id


def wanted(counter: Counter, terminal: str = TERMINAL) -> list[str]:
    """What the terminal is told that it is wanted for."""
    with counter.database.reading() as session:
        return wanted_of(session, terminal)


def fetched(
    counter: Counter, signer: CommandSigner, command_id: str, terminal: str = TERMINAL
) -> dict[str, object]:
    """The payload that a terminal fetches, its signature checked."""
    with counter.database.unit_of_work() as session:
        envelope = deliver(session, terminal, command_id, signer=signer)
    data = base64.b64decode(envelope["payload"])
    shown = {each["id"]: each["public_key"] for each in signer.public_keys}
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(shown[envelope["key_id"]]))
    key.verify(base64.b64decode(envelope["signature"]), COMMAND_CONTEXT + data)
    found: dict[str, object] = json.loads(data)
    return found


def says(
    counter: Counter,
    command_id: str,
    number: int,
    state: str,
    *,
    facts: dict[str, str | int | bool] | None = None,
    log: str | None = None,
    terminal: str = TERMINAL,
) -> str:
    """The terminal answers."""
    answer = Answer(number, state, None, facts or {}, clock.now(), log)
    with counter.database.unit_of_work() as session:
        return hear(session, terminal, command_id, answer).value


def state_of(counter: Counter, order_id: str) -> list[tuple[CommandState, str | None]]:
    """State and code of an order's commands."""
    with counter.database.reading() as session:
        order = queries.find_order(session, order_id)
        assert order is not None
        return [(command.state, command.code) for command in order.commands]


@pytest.mark.policy("P53")
def test_quick_command_goes_its_whole_way(counter: Counter, signer: CommandSigner) -> None:
    """Asked by one person, fetched, noted, begun and done; each step is audited."""
    order = asked(counter, SELF_TEST)
    (command,) = wanted(counter)
    payload = fetched(counter, signer, command)
    assert (payload["terminal"], payload["kind"], payload["sequence"]) == (
        TERMINAL,
        "self_test",
        1,
    )
    assert says(counter, command, 1, "taken") == "delivered"
    assert wanted(counter) == []
    assert says(counter, command, 2, "running") == "running"
    assert says(counter, command, 3, "done", facts={"id_reader": "ready"}) == "done"
    assert state_of(counter, order) == [(CommandState.DONE, None)]
    for event, actor in (
        ("command.asked", "01first"),
        ("command.delivered", TERMINAL),
        ("command.begun", TERMINAL),
        ("command.ended", TERMINAL),
    ):
        (entry,) = counter.audited(event)
        assert (entry.actor_id, entry.subject_id, entry.facts["kind"]) == (
            actor,
            command,
            "self_test",
        )


@pytest.mark.policy("P53")
def test_dangerous_command_waits_for_another_person(counter: Counter) -> None:
    """Who asked cannot agree, and his try is audited; somebody else can, once."""
    order = asked(counter, REBOOT)
    assert wanted(counter) == []
    with counter.database.unit_of_work() as session:
        assert services.approve(session, order, by=FIRST) == ApprovalRefused("command_same_person")
        assert services.decline(session, order, by=FIRST) == ApprovalRefused("command_same_person")
    assert [e.facts["code"] for e in counter.audited("command.approval_refused")] == [
        "command_same_person",
        "command_same_person",
    ]
    assert wanted(counter) == []
    with counter.database.unit_of_work() as session:
        services.approve(session, order, by=SECOND)
    assert len(wanted(counter)) == 1
    with pytest.raises(WrongState), counter.database.unit_of_work() as session:
        services.approve(session, order, by=SECOND)


def test_declined_command_is_never_seen(counter: Counter) -> None:
    """A second person says no: the order is over and no machine hears of it."""
    order = asked(counter, REBOOT)
    with counter.database.unit_of_work() as session:
        services.decline(session, order, by=SECOND)
    assert state_of(counter, order) == [(CommandState.REFUSED, "declined")]
    assert wanted(counter) == []


@pytest.mark.policy("P53")
@pytest.mark.parametrize(
    ("wish", "alone", "many"),
    [
        (SELF_TEST, False, False),
        (MESSAGE, False, False),
        (LOCK, False, True),
        (Wish(CommandKind.RESTART_APP), False, True),
        (Wish(CommandKind.TEST_PRINT_A4), False, True),
        (REBOOT, True, True),
        (Wish(CommandKind.FETCH_LOGS), True, True),
        (
            Wish(CommandKind.SHOW_MESSAGE, text=MessageText.LINE_SLOW, note_zh="线路检修", hours=1),
            True,
            True,
        ),
    ],
)
def test_who_must_agree(counter: Counter, wish: Wish, alone: bool, many: bool) -> None:
    """What looks into a machine, stops many or speaks in words of its own takes two people."""
    for terminals, two in (((TERMINAL,), alone), ((TERMINAL, OTHER_TERMINAL), many)):
        order = asked(counter, wish, *terminals)
        with counter.database.reading() as session:
            found = queries.find_order(session, order)
            assert found is not None
            assert (found.needs_two, found.proposed) == (two, two)
        if wish is LOCK and not two:
            with counter.database.unit_of_work() as session:
                services.ask(session, [TERMINAL], Wish(CommandKind.UNLOCK), by=FIRST)


@pytest.mark.policy("P53")
def test_lock_holds_at_once_and_reaches_the_machine(
    counter: Counter, signer: CommandSigner
) -> None:
    """The server's own lock holds from the asking; the command tells the machine, in order."""
    asked(counter, LOCK)
    with counter.database.reading() as session:
        view = find(session, TERMINAL)
        assert view is not None
        assert view.state is TerminalState.LOCKED
    with pytest.raises(WrongState):
        asked(counter, LOCK)
    asked(counter, Wish(CommandKind.UNLOCK))
    kinds = [fetched(counter, signer, each)["kind"] for each in wanted(counter)]
    assert kinds == ["lock", "unlock"]


def test_group_lock_takes_effect_with_the_second_person(counter: Counter) -> None:
    """Many machines are locked when somebody else agrees; one locked meanwhile stays as it is."""
    order = asked(counter, LOCK, TERMINAL, OTHER_TERMINAL)
    asked(counter, LOCK, TERMINAL, by=SECOND)
    with counter.database.unit_of_work() as session:
        services.approve(session, order, by=SECOND)
    with counter.database.reading() as session:
        views = [find(session, each) for each in (TERMINAL, OTHER_TERMINAL)]
    assert [view.state for view in views if view] == [TerminalState.LOCKED] * 2


@pytest.mark.policy("P53")
def test_an_agreement_that_comes_too_late_does_nothing(counter: Counter) -> None:
    """Asked last month and never ended, the worker being down: nothing is locked today."""
    order = asked(counter, LOCK, TERMINAL, OTHER_TERMINAL)
    late = pytest.raises(WrongState, match="command_over")
    with clock.frozen(clock.now() + timedelta(days=31)):
        with late, counter.database.unit_of_work() as session:
            services.approve(session, order, by=SECOND)
        assert wanted(counter) == []
    with counter.database.reading() as session:
        view = find(session, TERMINAL)
        assert view is not None
        assert view.state is TerminalState.IN_SERVICE


@pytest.mark.policy("P63")
def test_facts_that_are_no_plain_words_are_not_kept(
    counter: Counter, signer: CommandSigner
) -> None:
    """What a driver says of a device may hold anything: words of ours stay, the rest is dropped."""
    order = asked(counter, SELF_TEST)
    (command,) = wanted(counter)
    fetched(counter, signer, command)
    says(
        counter,
        command,
        1,
        "done",
        facts={
            "id_reader": "needs_attention paper_out",
            "lines": 3,
            "note": "测试·古丽",
            "grouped": "653001 19900307 0022",
            "phone": "139-0000-0001",
            "at": "2026-11-21T19:03:12.402Z",
        },
    )
    with counter.database.reading() as session:
        view = queries.find_order(session, order)
        assert view is not None
        assert dict(view.commands[0].facts) == {
            "id_reader": "needs_attention paper_out",
            "lines": 3,
            "at": "2026-11-21T19:03:12.402Z",
        }


@pytest.mark.policy("P53")
def test_sequence_grows_and_an_answer_lost_is_fetched_again(
    counter: Counter, signer: CommandSigner
) -> None:
    """Each terminal counts for itself; the same command fetched twice keeps its sequence."""
    for wish in (SELF_TEST, MESSAGE):
        asked(counter, wish, TERMINAL, OTHER_TERMINAL)
    first, second = wanted(counter)
    assert [fetched(counter, signer, each)["sequence"] for each in (first, first, second)] == [
        1,
        1,
        2,
    ]
    assert len(counter.audited("command.delivered")) == 2
    (other, _) = wanted(counter, OTHER_TERMINAL)
    assert fetched(counter, signer, other, OTHER_TERMINAL)["sequence"] == 1


@pytest.mark.policy("P53")
def test_unseen_command_expires(counter: Counter, signer: CommandSigner) -> None:
    """A machine that was away too long never hears of it; the worker ends it, audited."""
    order, proposal = asked(counter, SELF_TEST), asked(counter, REBOOT)
    (command,) = wanted(counter)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert wanted(counter) == []
        with pytest.raises(Conflict, match="command_over"):
            fetched(counter, signer, command)
        with counter.database.unit_of_work() as session:
            assert services.expire_overdue(session) == 2
    for each in (order, proposal):
        assert state_of(counter, each) == [(CommandState.EXPIRED, None)]
    assert len(counter.audited("command.expired")) == 2


def test_machine_that_never_answers_has_failed(counter: Counter, signer: CommandSigner) -> None:
    """What was fetched and never answered fails in the end; a late word is kept, the end stays."""
    order = asked(counter, SELF_TEST)
    (command,) = wanted(counter)
    fetched(counter, signer, command)
    half_an_hour_late = clock.now() + timedelta(hours=24, minutes=30)
    with clock.frozen(half_an_hour_late), counter.database.unit_of_work() as session:
        assert services.expire_overdue(session) == 0
    with clock.frozen(clock.now() + timedelta(hours=26)):
        with counter.database.unit_of_work() as session:
            assert services.expire_overdue(session) == 1
        assert says(counter, command, 1, "done") == "failed"
    assert state_of(counter, order) == [(CommandState.FAILED, "no_answer")]
    assert counter.audited("command.ended")[-1].facts["late"] is True


def test_taken_back_before_it_is_fetched(counter: Counter, signer: CommandSigner) -> None:
    """What no machine has fetched can be taken back; what is under way and a lock cannot."""
    order = asked(counter, SELF_TEST, TERMINAL, OTHER_TERMINAL)
    fetched(counter, signer, wanted(counter)[0])
    lock = asked(counter, LOCK)
    with counter.database.unit_of_work() as session:
        assert services.cancel(session, order, by=SECOND) == 1
        assert services.cancel(session, lock, by=SECOND) == 0
    assert [state for state, _ in state_of(counter, order)] == [
        CommandState.DELIVERED,
        CommandState.CANCELLED,
    ]


@pytest.mark.policy("P53")
def test_answers_are_heard_once_and_of_their_own_terminal_alone(
    counter: Counter, signer: CommandSigner
) -> None:
    """Repeating is harmless; another terminal, an unfetched command and a changed word are not."""
    asked(counter, SELF_TEST)
    (command,) = wanted(counter)
    with pytest.raises(Conflict, match="command_not_fetched"):
        says(counter, command, 1, "done")
    with pytest.raises(NotFound, match="command_not_found"):
        fetched(counter, signer, command, OTHER_TERMINAL)
    fetched(counter, signer, command)
    with pytest.raises(NotFound, match="command_not_found"):
        says(counter, command, 1, "done", terminal=OTHER_TERMINAL)
    assert says(counter, command, 1, "running") == "running"
    assert says(counter, command, 1, "running") == "running"
    with pytest.raises(Conflict, match="command_answer_differs"):
        says(counter, command, 1, "done")
    assert len(counter.audited("command.begun")) == 1


@pytest.mark.policy("P53", "P63")
def test_log_is_masked_again_kept_shortly_and_every_look_is_audited(
    counter: Counter, signer: CommandSigner
) -> None:
    """What is no enumerated event is dropped; the rest is sealed, and gone after a week."""
    order = asked(counter, Wish(CommandKind.FETCH_LOGS))
    with counter.database.unit_of_work() as session:
        services.approve(session, order, by=SECOND)
    (command,) = wanted(counter)
    fetched(counter, signer, command)
    lines = [
        '{"event": "line_lost", "level": "warning", "timestamp": "2026-11-21T19:00:02.120000Z"}',
        '{"event": "card_read", "name": "测试·古丽"}',
        '{"event": "card_read", "code": "653001199003070022"}',
        '{"event": "测试·古丽"}',
        '{"event": "paper_ended", "where": "测试"}',
        "Traceback: 13899990000",
    ]
    says(counter, command, 1, "done", log="\n".join(lines))
    with counter.database.unit_of_work() as session:
        seen = look_at_log(session, command, by=SECOND)
        facts = session.get_one(Command, command).facts
    assert [json.loads(line)["event"] for line in seen.splitlines()] == ["line_lost"]
    assert facts == {"lines": 1, "dropped": 5}
    (entry,) = counter.audited("command.log_seen")
    assert (entry.actor_id, entry.subject_id) == ("01second", command)
    with clock.frozen(clock.now() + timedelta(days=8)):
        with counter.database.unit_of_work() as session:
            services.forget_old(session)
            assert session.scalar(select(func.count(StoredFile.id))) == 0
        gone = pytest.raises(NotFound, match="log_not_found")
        with gone, counter.database.unit_of_work() as session:
            look_at_log(session, command, by=SECOND)


def test_message_stands_until_its_end(counter: Counter, signer: CommandSigner) -> None:
    """The screen says it once the machine has taken it, and no longer than was asked."""
    asked(counter, MESSAGE)
    with counter.database.reading() as session:
        assert queries.message_at(session, TERMINAL) is None
    (command,) = wanted(counter)
    fetched(counter, signer, command)
    says(counter, command, 1, "done")
    with counter.database.reading() as session:
        message = queries.message_at(session, TERMINAL)
    assert message is not None
    assert message.text is MessageText.PAPER_COMING
    with clock.frozen(clock.now() + timedelta(hours=4)), counter.database.reading() as session:
        assert queries.message_at(session, TERMINAL) is None


@pytest.mark.parametrize(
    ("wish", "at"),
    [
        (Wish(CommandKind.LOCK), "reason"),
        (Wish(CommandKind.REBOOT, reason=WithdrawalReason.STOLEN), "reason"),
        (Wish(CommandKind.SHOW_MESSAGE, hours=4), "text"),
        (Wish(CommandKind.SHOW_MESSAGE, text=MessageText.LINE_SLOW, hours=999), "hours"),
        (Wish(CommandKind.SELF_TEST, latest_seconds=300), "latest"),
        (Wish(CommandKind.REBOOT, latest_seconds=7), "latest"),
        (Wish(CommandKind.REBOOT, note_zh="好"), "text"),
        (
            Wish(
                CommandKind.SHOW_MESSAGE,
                text=MessageText.LINE_SLOW,
                hours=1,
                note_zh="请联系 138 9999 0000",
            ),
            "note_zh",
        ),
        (
            Wish(CommandKind.SHOW_MESSAGE, text=MessageText.LINE_SLOW, hours=1, note_ug="تور"),
            "note_zh",
        ),
        (
            Wish(CommandKind.SHOW_MESSAGE, text=MessageText.LINE_SLOW, hours=1, note_zh="长" * 61),
            "note_zh",
        ),
    ],
)
def test_wish_that_makes_no_sense_is_refused_by_field(
    counter: Counter, wish: Wish, at: str
) -> None:
    """The faulty field is named and nothing is asked of anybody."""
    with pytest.raises(Invalid) as refused:
        asked(counter, wish)
    assert [fault.at for fault in refused.value.fields] == [at]
    with counter.database.reading() as session:
        assert session.scalar(select(func.count(Command.id))) == 0


def test_nobody_commands_what_is_no_terminal(counter: Counter) -> None:
    """An unknown number among the chosen stops the whole order."""
    with pytest.raises(NotFound):
        asked(counter, SELF_TEST, TERMINAL, "AT-9999")
    with pytest.raises(Invalid):
        asked(counter, SELF_TEST, *(f"AT-{n:04d}" for n in range(501)))


@pytest.mark.policy("P53")
def test_machine_that_stands_otherwise_is_brought_into_step(counter: Counter) -> None:
    """A machine still locked although we are not is asked once to open, not with every word."""
    for _ in range(3):
        with counter.database.unit_of_work() as session:
            services.keep_in_step(
                session, TERMINAL, state=TerminalState.IN_SERVICE, host_locked=True
            )
    assert len(wanted(counter)) == 1
    with counter.database.unit_of_work() as session:
        services.keep_in_step(session, TERMINAL, state=TerminalState.IN_SERVICE, host_locked=None)
        services.keep_in_step(
            session, OTHER_TERMINAL, state=TerminalState.IN_SERVICE, host_locked=False
        )
    assert wanted(counter, OTHER_TERMINAL) == []


def test_old_commands_are_forgotten_and_the_count_goes_on(
    counter: Counter, signer: CommandSigner
) -> None:
    """After their time commands go; the sequence of the terminal never begins anew."""
    asked(counter, SELF_TEST)
    (command,) = wanted(counter)
    fetched(counter, signer, command)
    says(counter, command, 1, "done")
    with clock.frozen(datetime.fromisoformat("2028-02-01T03:00:00+08:00")):
        with counter.database.unit_of_work() as session:
            assert services.forget_old(session) == 1
            assert session.scalar(select(func.count(AuditEntry.id))) or 0 > 0
        asked(counter, SELF_TEST)
        (again,) = wanted(counter)
        assert fetched(counter, signer, again)["sequence"] == 2


@pytest.mark.policy("P53")
def test_two_who_decide_at_once_are_heard_one_after_the_other(counter: Counter) -> None:
    """One agrees and one declines in the same moment: the first word counts, the other is late."""
    order = asked(counter, REBOOT)

    def decides(do: Callable[..., object], by: Actor) -> str:
        with clock.frozen(THREE_AT_NIGHT):
            try:
                with counter.database.unit_of_work() as session:
                    do(session, order, by=by)
            except WrongState:
                return "late"
            return "heard"

    third = Actor(kind="staff", id="01third")
    heard = at_once(
        lambda: decides(services.approve, SECOND), lambda: decides(services.decline, third)
    )
    assert sorted(heard) == ["heard", "late"]
    assert len(state_of(counter, order)) == 1


@pytest.mark.policy("P53")
def test_fetches_at_once_get_sequences_of_their_own(
    counter: Counter, signer: CommandSigner
) -> None:
    """Two commands that are fetched in the same moment never share a number."""
    for wish in (SELF_TEST, MESSAGE):
        asked(counter, wish)
    first, second = wanted(counter)

    def fetches(command_id: str) -> object:
        with clock.frozen(THREE_AT_NIGHT):
            return fetched(counter, signer, command_id)["sequence"]

    assert sorted(map(str, at_once(lambda: fetches(first), lambda: fetches(second)))) == ["1", "2"]

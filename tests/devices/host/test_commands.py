"""Commands at the terminal: whom it believes, when it acts, and that nothing is done twice."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.agent.clock import ServerClock
from devices.agent.command_counter import SignedCommands
from devices.agent.command_envelopes import Envelope, opened
from devices.agent.command_keys import CommandKeys
from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.host.closure import ClosedFor, Closure
from devices.host.command_duty import Commands, Deed
from devices.host.command_journal import CommandJournal
from devices.host.command_values import (
    CommandAnswer,
    CommandKind,
    Fact,
    Order,
    Outcome,
    Untrusted,
)
from devices.host.ports import Acknowledged, LineDead, Refused
from devices.host.quiet_moment import COUNTDOWN_SECONDS, QuietMoment
from devices.host.visit_watch import VisitWatch
from tests.support.commanding import KEYS, TERMINAL, TERMINAL_KEY, CommandOffice

SEEN = "kiosk_visit=abc"


@dataclass
class Bench:
    """A terminal's commands without devices; the office plays the server, time is its own."""

    folder: Path
    office: CommandOffice = field(default_factory=CommandOffice)
    line_dead: bool = False
    over: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    papers: int = 0
    seconds: float = 1000.0
    fails: bool = False
    dies: bool = False
    life: str = "boot-1/a"

    def __post_init__(self) -> None:
        self.keys = CommandKeys(self.folder)
        self.keys.pin({each["id"]: each["public_key"] for each in self.office.public_keys})
        self.visits = VisitWatch(now=lambda: self.seconds)
        self.start()

    def start(self) -> None:
        """Begin a life of the host, perhaps after another was cut off."""
        self.closure = Closure(self.folder)
        self.moment = QuietMoment(
            self.visits, self.closure, lambda: self.papers, now=lambda: self.seconds
        )
        self.journal = CommandJournal(self.folder / "commands.sqlite3", now=self.now)
        self.commands = Commands(
            self,
            self.journal,
            self.deeds(),
            self.moment,
            life=self.life,
            now=self.now,
            monotonic=lambda: self.seconds,
        )
        self.commands.settle()

    def deeds(self) -> Mapping[CommandKind, Deed]:
        """A table in which everything is noted and little is done."""

        def do(_told: Mapping[str, Fact], order: Order) -> Outcome | None:
            self.done.append(order.id)
            if self.dies:
                raise SystemExit
            return Outcome(done=not self.fails, code="paper_out" if self.fails else None)

        return {
            CommandKind.SELF_TEST: Deed(do, closes=ClosedFor.TESTING),
            CommandKind.SHOW_MESSAGE: Deed(do),
            CommandKind.REBOOT: Deed(do, closes=ClosedFor.RESTARTING),
        }

    def now(self) -> datetime:
        """The server's time, which passes with the bench's."""
        return self.office.now + timedelta(seconds=self.seconds - 1000)

    def command(self, command_id: str) -> Order | Untrusted | Refused | LineDead:
        """The counter's side of a fetch."""
        if self.line_dead:
            return LineDead("cut")
        if command_id in self.over:
            return Refused("command_over", 409)
        return self.believed(self.office.envelopes[command_id], asked=command_id)

    def believed(self, envelope: Mapping[str, Any], *, asked: str = "c") -> Order | Untrusted:
        """What the agent makes of an envelope."""
        read = Envelope.read(envelope)
        assert read is not None
        return opened(
            read,
            self.keys,
            asked=asked,
            terminal=TERMINAL,
            terminal_key=TERMINAL_KEY,
            now=self.now(),
        )

    def answer(self, command_id: str, answer: CommandAnswer) -> Acknowledged | LineDead:
        """The counter's side of an answer."""
        if self.line_dead:
            return LineDead("cut")
        told = {"number": answer.number, "state": answer.state.value, "code": answer.code}
        self.office.answers.setdefault(command_id, []).append(told)
        return Acknowledged()

    def works(self, *wanted: str) -> None:
        """The server wants these, and the terminal does what it can."""
        self.commands.want(wanted)
        self.commands.work()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A terminal that believes the office's first key."""
    return Bench(tmp_path)


Attack = Callable[[CommandOffice], Mapping[str, Any]]
STRANGER = Ed25519PrivateKey.generate()
ATTACKS: Mapping[str, tuple[Attack, str]] = {
    "forged": (lambda o: o.sign(o.payload("c", "reboot"), key=STRANGER), "signature_invalid"),
    "a key of his own": (
        lambda o: o.sign(o.payload("c", "reboot"), key=STRANGER, key_id="c9"),
        "key_unknown",
    ),
    "a signature made for something else": (
        lambda o: o.sign(o.payload("c", "reboot"), context=KEYS),
        "signature_invalid",
    ),
    "altered": (
        lambda o: (
            o.sign(o.payload("c", "self_test"))
            | {"payload": o.sign(o.payload("c", "reboot"))["payload"]}
        ),
        "signature_invalid",
    ),
    "of another terminal": (
        lambda o: o.sign(o.payload("c", "reboot", terminal="AT-0002")),
        "wrong_terminal",
    ),
    "of an earlier enrolment": (
        lambda o: o.sign(o.payload("c", "reboot", terminal_key="key-0")),
        "wrong_terminal",
    ),
    "another command": (lambda o: o.sign(o.payload("d", "reboot")), "wrong_command"),
    "expired": (
        lambda o: o.sign(o.payload("c", "reboot", expires_at=o.now.isoformat())),
        "expired",
    ),
    "from the future": (
        lambda o: o.sign(
            o.payload("c", "reboot", issued_at=(o.now + timedelta(hours=1)).isoformat())
        ),
        "issued_ahead",
    ),
    "without a zone": (
        lambda o: o.sign(o.payload("c", "reboot", issued_at="2026-11-22T03:00:00")),
        "malformed",
    ),
    "of a kind to come": (lambda o: o.sign(o.payload("c", "play_anthem")), "kind_unknown"),
    "of a later version": (lambda o: o.sign(o.payload("c", "reboot", version=2)), "malformed"),
    "without a sequence": (
        lambda o: o.sign(o.payload("c", "reboot", sequence=True)),
        "malformed",
    ),
}


@pytest.mark.policy("P53")
@pytest.mark.parametrize(("attack", "code"), ATTACKS.values(), ids=ATTACKS)
def test_attack_is_refused_and_told(bench: Bench, attack: Attack, code: str) -> None:
    """Nothing is done, and the server hears why, once however often it is offered."""
    bench.office.envelopes["c"] = dict(attack(bench.office))
    for _ in range(3):
        bench.works("c")
    assert bench.done == []
    assert bench.office.answers == {"c": [{"number": 1, "state": "refused", "code": code}]}


@pytest.mark.policy("P53")
def test_replayed_and_overtaken_commands_are_refused(bench: Bench) -> None:
    """A sequence that is not higher than the last one is refused, also after a cut."""
    bench.office.order("first", "self_test")
    bench.office.order("second", "show_message")
    bench.works("second")
    bench.start()
    bench.works("first", "second")
    assert bench.done == ["second"]
    assert bench.office.last("first")["code"] == "replayed"
    assert bench.office.states("second") == ["taken", "running", "done"]
    bench.office.envelopes["third"] = bench.office.sign(
        bench.office.payload("third", "self_test", sequence=2)
    )
    bench.works("third")
    assert bench.office.last("third")["code"] == "replayed"
    assert bench.done == ["second"]


@pytest.mark.policy("P53")
def test_nothing_is_done_in_a_visit(bench: Bench) -> None:
    """It waits for the visit's end, and what stands behind it waits as well."""
    bench.office.order("test", "self_test")
    bench.office.order("message", "show_message")
    with bench.visits.page(SEEN):
        bench.works("test", "message")
    bench.works()
    assert bench.done == []
    assert bench.office.states("test") == ["taken"]
    assert bench.closure.reason is None
    bench.visits.end()
    bench.works()
    assert bench.done == ["test", "message"]
    assert bench.closure.reason is None


def test_message_is_shown_in_a_visit(bench: Bench) -> None:
    """What disturbs nobody needs no quiet moment."""
    bench.office.order("message", "show_message")
    with bench.visits.page(SEEN):
        bench.works("message")
    assert bench.done == ["message"]


def test_visit_cannot_begin_while_the_moment_is_taken(bench: Bench) -> None:
    """A page that asks at the very moment finds the door closed, or the moment is not taken."""
    with bench.visits.page(""):
        assert not bench.moment.take(ClosedFor.RESTARTING)
    assert bench.closure.reason is None
    assert bench.moment.take(ClosedFor.RESTARTING)
    assert bench.closure.reason is ClosedFor.RESTARTING
    bench.moment.let_go(ClosedFor.RESTARTING)
    assert bench.closure.reason is None


def test_paper_under_way_is_waited_for_and_not_for_ever(bench: Bench) -> None:
    """A paper that still prints holds a restart up; one that waits for its printer does not."""
    bench.papers = 1
    assert not bench.moment.take(ClosedFor.RESTARTING)
    bench.seconds += 121
    assert bench.moment.take(ClosedFor.RESTARTING)


@pytest.mark.policy("P53")
def test_last_minute_is_counted_down(bench: Bench) -> None:
    """With a deadline the screen counts the last minute down, and then it is done."""
    bench.office.order("reboot", "reboot", arguments={"latest_seconds": 300})
    bench.works("reboot")
    assert bench.done == ["reboot"]
    bench.office.order("again", "reboot", arguments={"latest_seconds": 300})
    with bench.visits.page(SEEN):
        bench.works("again")
        assert bench.moment.closing_in_seconds is None
        bench.seconds += 300 - COUNTDOWN_SECONDS
        bench.works()
        assert bench.moment.closing_in_seconds == COUNTDOWN_SECONDS
        bench.seconds += COUNTDOWN_SECONDS / 2
        bench.works()
        assert bench.done == ["reboot"]
        bench.seconds += COUNTDOWN_SECONDS / 2
        bench.works()
    assert bench.done == ["reboot", "again"]


def test_moment_that_does_not_come_in_time(bench: Bench) -> None:
    """A command whose time runs out in somebody's visit expires at the terminal, and says so."""
    bench.office.order("test", "self_test")
    with bench.visits.page(SEEN):
        bench.works("test")
    for _ in range(40):
        bench.seconds += 100
        with bench.visits.page(SEEN):
            bench.works()
    assert bench.office.states("test") == ["taken", "expired"]
    assert bench.done == []


def test_dead_line_keeps_commands_and_answers(bench: Bench) -> None:
    """What cannot be fetched is fetched later; what cannot be said is said later, in order."""
    bench.office.order("test", "self_test")
    bench.line_dead = True
    bench.works("test")
    assert bench.done == []
    bench.line_dead = False
    bench.commands.want(["test"])
    bench.commands._fetch()
    bench.line_dead = True
    bench.works()
    assert bench.done == ["test"]
    assert bench.office.answers == {}
    bench.line_dead = False
    bench.works()
    assert bench.office.states("test") == ["taken", "running", "done"]


def test_what_is_no_longer_wanted_is_forgotten(bench: Bench) -> None:
    """A command that was taken back meanwhile is no trouble."""
    bench.over.add("gone")
    bench.works("gone")
    assert bench.office.answers == {}


@pytest.mark.policy("P53")
def test_cut_between_journal_and_deed_does_nothing_twice(bench: Bench) -> None:
    """A life that ends in the middle leaves an interrupted command, never a second try."""
    bench.office.order("test", "self_test")
    bench.dies = True
    with pytest.raises(SystemExit):
        bench.works("test")
    bench.dies = False
    bench.life = "boot-1/b"
    bench.start()
    bench.works("test")
    assert bench.done == ["test"]
    assert bench.office.states("test") == ["taken", "running", "failed"]
    assert bench.office.last("test")["code"] == "interrupted"


def test_deed_that_fails_says_why(bench: Bench) -> None:
    """The trouble is the code, and the door is open again."""
    bench.fails = True
    bench.office.order("test", "self_test")
    bench.works("test")
    assert bench.office.last("test") == {"number": 3, "state": "failed", "code": "paper_out"}
    assert bench.closure.reason is None


def test_terminal_without_the_device_says_so(bench: Bench) -> None:
    """A kind that this cabinet cannot do is answered, not left."""
    bench.office.order("page", "test_print_a4")
    bench.works("page")
    assert bench.office.last("page")["code"] == "not_on_this_terminal"


def test_damaged_journal_believes_nothing_from_before(bench: Bench) -> None:
    """With the count lost, only what is issued from now on is done; the rest is refused."""
    old = bench.office.payload("old", "self_test")
    bench.office.envelopes["old"] = bench.office.sign(old)
    bench.journal.close()
    (bench.folder / "commands.sqlite3").write_bytes(b"no database at all" * 100)
    bench.seconds += 5
    bench.start()
    bench.works("old")
    assert bench.office.last("old")["code"] == "replayed"
    later = (bench.office.now + timedelta(seconds=10)).isoformat()
    bench.office.order("new", "self_test", issued_at=later)
    bench.works("new")
    assert bench.done == ["new"]


def test_old_commands_leave_the_journal_and_the_count_stays(bench: Bench) -> None:
    """Two months later nothing is left but the highest sequence."""
    bench.office.order("test", "show_message")
    first = bench.office.envelopes["test"]
    bench.works("test")
    bench.seconds += timedelta(days=90).total_seconds()
    assert bench.journal.forget_old() == 1
    order = bench.believed(first, asked="test")
    assert order == Untrusted("expired")
    bench.office.envelopes["again"] = bench.office.sign(
        bench.office.payload(
            "again",
            "show_message",
            sequence=1,
            expires_at=(bench.now() + timedelta(hours=1)).isoformat(),
        )
    )
    bench.works("again")
    assert bench.office.last("again")["code"] == "replayed"


@pytest.mark.policy("P53")
def test_keys_change_with_an_overlap(bench: Bench) -> None:
    """A new key is learnt from a list that the old one signed; then the old one is let go."""
    office = bench.office
    office.keys["c2"] = Ed25519PrivateKey.generate()
    assert bench.believed(office.sign(office.payload("c", "reboot"))) == Untrusted("key_unknown")
    assert bench.keys.renew(office.key_list(), terminal=TERMINAL, now=bench.now())
    assert isinstance(bench.believed(office.sign(office.payload("c", "reboot"))), Order)
    del office.keys["c1"]
    bench.seconds += 60
    newer = office.key_list(issued_at=bench.now())
    assert bench.keys.renew(newer, terminal=TERMINAL, now=bench.now())
    reread = CommandKeys(bench.folder)
    assert (reread.has("c1"), reread.has("c2")) == (False, True)


@pytest.mark.policy("P53")
def test_list_of_keys_that_is_not_vouched_for_is_refused(bench: Bench) -> None:
    """Not of a stranger, not of another terminal, not an old one, not one kept for later."""
    office = bench.office
    mine = dict(office.keys)
    office.keys["c9"] = STRANGER
    now = bench.now()
    stranger = office.key_list(signers={"c9": STRANGER})
    assert not bench.keys.renew(stranger, terminal=TERMINAL, now=now)
    foreign = office.key_list(signers=mine, terminal="AT-0002")
    assert not bench.keys.renew(foreign, terminal=TERMINAL, now=now)
    kept = office.key_list(signers=mine)
    assert not bench.keys.renew(kept, terminal=TERMINAL, now=now + timedelta(hours=1))
    assert bench.keys.renew(office.key_list(signers=mine), terminal=TERMINAL, now=now)
    older = office.key_list(signers=mine, issued_at=now - timedelta(minutes=5))
    assert not bench.keys.renew(older, terminal=TERMINAL, now=now)
    for garbage in ({}, {"payload": "e30=", "signatures": 3}, {"payload": "?", "signatures": []}):
        assert not bench.keys.renew(garbage, terminal=TERMINAL, now=now)


def test_terminal_without_keys_obeys_nobody(tmp_path: Path) -> None:
    """A damaged or missing file of keys is no key at all."""
    (tmp_path / "command-keys.json").write_text("{", encoding="utf-8")
    assert not CommandKeys(tmp_path).known


@pytest.mark.policy("P53")
def test_lock_survives_a_power_cut_and_passing_reasons_do_not(tmp_path: Path) -> None:
    """What was locked is locked in the next life; what passes is open; damage stays shut."""
    closure = Closure(tmp_path)
    closure.close(ClosedFor.RESTARTING)
    closure.close(ClosedFor.LOCKED)
    assert Closure(tmp_path).reason is ClosedFor.LOCKED
    closure.open(ClosedFor.LOCKED)
    assert Closure(tmp_path).reason is None
    (tmp_path / "closed.json").write_bytes(b"\xff")
    assert Closure(tmp_path).reason is ClosedFor.LOCKED


def test_duty_ends_when_told(bench: Bench) -> None:
    """The thread that carries commands out ends with the host."""
    thread = threading.Thread(target=bench.commands.run)
    thread.start()
    bench.office.order("test", "self_test")
    bench.commands.want(["test"])
    bench.commands.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_deed_that_leaves_the_door_open_waits_as_well(bench: Bench) -> None:
    """What disturbs a person without closing the door is done between visits too."""
    deeds = {CommandKind.WIPE_BROWSER: Deed(lambda _told, _order: Outcome(done=True), waits=True)}
    bench.commands = Commands(
        bench, bench.journal, deeds, bench.moment, life=bench.life, now=bench.now
    )
    bench.office.order("wipe", "wipe_browser")
    with bench.visits.page(SEEN):
        bench.works("wipe")
    bench.works()
    assert bench.office.states("wipe") == ["taken"]
    bench.visits.end()
    bench.works()
    assert bench.office.states("wipe") == ["taken", "running", "done"]


@dataclass
class Wire:
    """The counter's answers to the agent, as they come over the line."""

    office: CommandOffice
    fetched: list[str] = field(default_factory=list)

    def command(self, command_id: str) -> Mapping[str, Any]:
        """The envelope."""
        self.fetched.append(command_id)
        return self.office.envelopes[command_id]

    def command_keys(self) -> Mapping[str, Any]:
        """The list of keys."""
        return self.office.key_list()


def signed_commands(bench: Bench, wire: Wire) -> SignedCommands:
    """The agent's end over *wire*."""
    identity = Identity(TERMINAL, TERMINAL_KEY, "http://x", "", "", STRANGER)
    return SignedCommands(cast("ServerCounter", wire), identity, bench.keys, ServerClock())


@pytest.mark.policy("P53")
def test_key_that_is_not_known_yet_is_asked_for_once(bench: Bench) -> None:
    """A command under a new key is believed as soon as an old one vouches for it."""
    bench.office.keys["c2"] = Ed25519PrivateKey.generate()
    bench.office.order("c", "self_test")
    assert isinstance(signed_commands(bench, Wire(bench.office)).command("c"), Order)


def test_terminal_without_keys_fetches_and_says_so(bench: Bench) -> None:
    """Enrolled before commands had keys: it obeys nobody, and the server hears why."""
    bench.keys.pin({})
    bench.office.order("c", "self_test")
    wire = Wire(bench.office)
    assert signed_commands(bench, wire).command("c") == Untrusted("no_command_key")
    assert wire.fetched == ["c"]

"""Commands of one terminal, put together: whom it believes, what it can do, and when."""

import secrets
import threading
from collections.abc import Callable, Sequence
from typing import TypedDict

from devices.agent.clock import ServerClock
from devices.agent.command_counter import SignedCommands
from devices.agent.command_keys import CommandKeys
from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.api.notices import NoticeBoard
from devices.host.browser_wipe import BrowserWipe
from devices.host.closure import Closure
from devices.host.command_deeds import Reach, deeds_for
from devices.host.command_duty import Commands
from devices.host.command_journal import CommandJournal
from devices.host.duties import Duty
from devices.host.log_ring import LogRing
from devices.host.ports import Want, WantKind
from devices.host.power import MachinePower, PlayedPower, Power
from devices.host.quiet_moment import QuietMoment
from devices.host.registry import Fleet
from devices.host.screen_message import ScreenMessage
from devices.host.supervisor import Supervisor
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings

JOURNAL_FILE = "commands.sqlite3"
KEYS_EVERY_SECONDS = 24 * 3600.0
KEYS_AGAIN_SECONDS = 600.0


class CommandDoors(TypedDict):
    """The fields of the application's doors that commands bring."""

    wipe: BrowserWipe
    notices: NoticeBoard


class CommandParts:
    """Commands, wired. `open_papers` says how many papers are on their way,
    `forget_files` drops the kiosk's files, to be fetched anew, `wipe_residue` wipes what a visit
    left and says whether that helped."""

    def __init__(
        self,
        settings: HostSettings,
        identity: Identity,
        counter: ServerCounter,
        *,
        clock: ServerClock,
        keys: CommandKeys,
        closure: Closure,
        visits: VisitWatch,
        supervisor: Supervisor,
        fleet: Fleet,
        open_papers: Callable[[], int],
        forget_files: Callable[[], int],
        wipe_residue: Callable[[], bool],
    ) -> None:
        self._wipe = BrowserWipe()
        self._message = ScreenMessage(settings.state, clock.now)
        self._moment = QuietMoment(visits, closure, open_papers)
        self._journal = CommandJournal(settings.state / JOURNAL_FILE, now=clock.now)
        self._signed = SignedCommands(counter, identity, keys, clock)
        self._ending = threading.Event()
        power = _power(settings)
        life = f"{power.boot()}/{secrets.token_hex(4)}"
        receipt = settings.drivers.receipt_printer
        reach = Reach(
            terminal=identity.terminal,
            life=life,
            now=clock.now,
            supervisor=supervisor,
            closure=closure,
            message=self._message,
            power=power,
            wipe=self._wipe,
            log=LogRing(settings.state),
            forget_files=forget_files,
            wipe_residue=wipe_residue,
            a4_printer=fleet.a4_printer,
            receipt_printer=fleet.receipt_printer,
            slip_width_mm=receipt.width_mm if receipt is not None else 80,
        )
        self._commands = Commands(
            self._signed, self._journal, deeds_for(reach), self._moment, life=life, now=clock.now
        )

    def want(self, wants: Sequence[Want]) -> None:
        """Take on the commands among what the server wants."""
        self._commands.want(want.job for want in wants if want.kind is WantKind.COMMAND)

    def doors(self) -> CommandDoors:
        """What the loopback application needs of it."""
        board = NoticeBoard(
            message=self._message.current,
            closing_in_seconds=lambda: self._moment.closing_in_seconds,
            wipe_wanted=lambda: self._wipe.wanted,
        )
        return CommandDoors(wipe=self._wipe, notices=board)

    def duties(self) -> Sequence[Duty]:
        """What runs as long as the terminal does."""
        return Duty("commands", self._commands.run), Duty("command keys", self._renew_keys)

    def stop(self) -> None:
        """Tell the duties to end."""
        self._ending.set()
        self._commands.stop()

    def close(self) -> None:
        """Let go of the journal, after the duties have ended."""
        self._journal.close()

    def _renew_keys(self) -> None:
        while not self._ending.is_set():
            renewed = self._signed.renew_keys()
            self._ending.wait(KEYS_EVERY_SECONDS if renewed else KEYS_AGAIN_SECONDS)


def command_doors(parts: CommandParts | None) -> CommandDoors:
    """Return what the application gets; a terminal that is not enrolled takes no commands."""
    if parts is not None:
        return parts.doors()
    return CommandDoors(wipe=BrowserWipe(), notices=NoticeBoard())


def _power(settings: HostSettings) -> Power:
    return PlayedPower(settings.state) if settings.development else MachinePower()

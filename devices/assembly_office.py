"""What an enrolled terminal does with the server, put together: reads, scans, papers, heartbeat."""

from collections.abc import Callable, Sequence

from devices.agent.clock import ServerClock
from devices.agent.counter import ServerCounter
from devices.agent.heartbeat import Heartbeat
from devices.agent.identity import Identity
from devices.agent.line import ServerLine
from devices.agent.machine import Machine
from devices.agent.signing import Signer
from devices.agent.wire import DeviceState
from devices.assembly_commands import CommandParts
from devices.assembly_paper import paper_lanes
from devices.assembly_residue import ResidueParts
from devices.host.card_reading import CardReading
from devices.host.code_scanning import CodeScanning
from devices.host.document_capture import DocumentCapture
from devices.host.duties import Duty
from devices.host.events import EventBus, LineWatch
from devices.host.journal import Journal
from devices.host.line_switch import LineSwitch
from devices.host.ports import Want
from devices.host.registry import Fleet
from devices.host.reporting import Reporter
from devices.host.spool import Spool
from devices.host.supervisor import Supervisor
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings

SOFTWARE = "0.1.0"
JOURNAL_FILE = "journal.sqlite3"


class Office:
    """What an enrolled terminal does with the server: reads, papers, reports, heartbeat."""

    def __init__(
        self,
        settings: HostSettings,
        identity: Identity,
        *,
        fleet: Fleet,
        bus: EventBus,
        watch: LineWatch,
        clock: ServerClock,
        residue: ResidueParts,
        locked: Callable[[], bool | None],
    ) -> None:
        self._server_line = ServerLine(
            settings.server.origin,
            Signer(identity, clock),
            clock,
            ca_file=settings.server.ca_file,
            told=watch.tell,
        )
        self.line = LineSwitch(self._server_line, watch.tell)
        counter = ServerCounter(
            self.line,
            clock,
            identity.terminal,
            machine=Machine(settings.state).facts,
            residue=residue.report,
            locked=locked,
        )
        self._journal = Journal(settings.state / JOURNAL_FILE, now=clock.now)
        self.reporter = Reporter(counter, self._journal)
        self._lanes = paper_lanes(fleet, counter, self._journal, self.reporter)
        self.spool = Spool(self._journal, self._lanes, reported=self.reporter.wake)
        self.reading = CardReading(fleet.id_reader, counter, bus)
        self.scanning = CodeScanning(fleet.qr_scanner, counter, bus)
        self.capturing = DocumentCapture(fleet.document_scanner, counter)
        self.counter = counter

    def heartbeat(
        self, supervisor: Supervisor, commands: CommandParts, visits: VisitWatch
    ) -> Heartbeat:
        """The heartbeat over the devices that *supervisor* watches; it brings papers and
        *commands*, and lets pages of *visits* go first."""

        def wanted(wants: Sequence[Want]) -> None:
            self.spool.want(wants)
            commands.want(wants)

        return Heartbeat(
            self.counter,
            states=lambda: [DeviceState(*each) for each in supervisor.statuses().items()],
            open_jobs=self.spool.open_jobs,
            wanted=wanted,
            software=SOFTWARE,
            busy=lambda: visits.has_the_line,
        )

    def duties(self) -> Sequence[Duty]:
        """What runs as long as the terminal does."""
        return (
            Duty("card reading", self.reading.run),
            Duty("code scanning", self.scanning.run),
            Duty("document capture", self.capturing.run),
            Duty("reports", self.reporter.run),
            *(Duty(f"paper {kind.value}", lane.run) for kind, lane in self._lanes.items()),
        )

    def stop(self) -> None:
        """Tell all duties to end."""
        self.reading.stop()
        self.scanning.stop()
        self.capturing.stop()
        self.reporter.stop()
        for lane in self._lanes.values():
            lane.stop()

    def close(self) -> None:
        """Let go of journal and line, after the duties have ended."""
        self._server_line.close()
        self._journal.close()

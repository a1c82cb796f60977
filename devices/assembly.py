"""The terminal, put together from its settings: the one place that knows all of its rooms."""

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import structlog
from flask import Flask

from devices.agent.clock import ServerClock
from devices.agent.command_keys import CommandKeys
from devices.agent.stock_room import StockRoom
from devices.api.application import Doors, create_app
from devices.api.capture_routes import CaptureDesk
from devices.api.device_routes import DeviceDesk
from devices.api.dock import Dock
from devices.api.event_stream import Tickets
from devices.api.first_boot_routes import FirstBootDesk
from devices.api.guards import BootToken
from devices.api.own_pages import OwnPages
from devices.api.scan_routes import ScanDesk
from devices.api.simulator_control import SimulatorControl
from devices.api.speech_routes import SpeechDesk
from devices.assembly_commands import CommandParts, command_doors
from devices.assembly_first_boot import first_boot_desk
from devices.assembly_guidance import GuidanceParts, Surroundings
from devices.assembly_identity import await_another, who_we_are
from devices.assembly_office import Office
from devices.assembly_residue import ResidueParts
from devices.assembly_technician import MachineWords, TechnicianParts
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.closure import ClosedFor, Closure
from devices.host.duties import Duty, DutyRoster
from devices.host.events import EventBus, EventKind, LineWatch
from devices.host.registry import Fleet, drivers_for
from devices.host.service_manager import ServiceManager
from devices.host.sign_of_life import SignOfLife
from devices.host.supervisor import Supervisor, Watched
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings

_log = structlog.get_logger(__name__)


class Terminal:
    """The whole device host. `start` and `stop` belong to the process that owns the devices."""

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._closure = Closure(settings.state)
        self._identity = who_we_are(settings.state, self._closure)
        self._clock = ServerClock()
        self._bus = EventBus()
        self._watch = LineWatch(self._bus, _line_changed)
        self._visits = VisitWatch(self._visit_turned)
        self._command_keys = CommandKeys(settings.state)
        self._residue = ResidueParts(
            settings,
            self._closure,
            self._visits,
            now=self._clock.now,
            told=lambda: self._heartbeat.tell_now() if self._heartbeat else None,
        )
        self._fleet = drivers_for(settings.drivers, memory=settings.memory_directory)
        self._guidance = GuidanceParts(
            settings, self._fleet, bus=self._bus, visits=self._visits, around=self._surroundings()
        )
        watched = [*_watched(self._fleet), *self._guidance.watched()]
        self._supervisor = Supervisor(watched, changed=self._device_changed)
        self._office = (
            Office(
                settings,
                self._identity,
                fleet=self._fleet,
                bus=self._bus,
                watch=self._watch,
                clock=self._clock,
                residue=self._residue,
                locked=self._locked,
            )
            if self._identity is not None
            else None
        )
        self._stock = StockRoom(
            settings.state,
            line=self._office.line if self._office else None,
            visits=self._visits,
            shipped=settings.shipped_static,
        )
        self._commands = self._commanding()
        self._technician = self._at_the_machine()
        self._heartbeat = (
            self._office.heartbeat(self._supervisor, self._commands, self._visits)
            if self._office and self._commands
            else None
        )
        self._sign = SignOfLife(ServiceManager(), settings.listen)
        self._ending = threading.Event()
        self._roster = DutyRoster(self._duties())

    @cached_property
    def app(self) -> Flask:
        """The loopback application."""
        office, identity = self._office, self._identity
        return create_app(
            Doors(
                settings=self._settings,
                desk=DeviceDesk(
                    reading=office.reading if office else None,
                    statuses=self._supervisor.statuses,
                    line_alive=lambda: self._watch.alive,
                    bus=self._bus,
                    token=BootToken(),
                    tickets=Tickets(),
                    scans=ScanDesk(
                        office.scanning if office else None,
                        slot.card_present if (slot := self._fleet.card_slot) else None,
                    ),
                    captures=CaptureDesk(office.capturing if office else None),
                    speech=SpeechDesk(self._guidance.speaking, self._guidance.card),
                    visit_under_way=lambda: self._visits.under_way,
                ),
                pages=OwnPages(
                    self._settings,
                    identity.site_name if identity else "",
                    self._clock.now,
                    self._technician.arrival_address if self._technician else lambda: None,
                    self._stock.shelf.place_here,
                ),
                server=office.line if office else None,
                woken=self._heartbeat.wake if self._heartbeat else lambda: None,
                dock=self._dock(),
                visits=self._visits,
                watch=self._watch,
                shelf=self._stock.shelf,
                store=self._stock.store,
                missed=self._stock.missed,
                marks=self._residue.marks,
                closed=lambda: self._closure.reason,
                technician=self._technician.pages if self._technician else None,
                first_boot=self._first_boot(),
                **command_doors(self._commands),
            )
        )

    def start(self) -> None:
        """Open the devices and begin to speak with the server."""
        self._roster.start()
        _log.info("host_started", terminal=self._identity.terminal if self._identity else None)

    def end_streams(self) -> None:
        """End the event streams, so that their threads can."""
        self._bus.close()

    def stop(self) -> None:
        """End all threads and let go of devices, journal and line. Papers at the printer go on;
        the journal knows where to take them up."""
        self._ending.set()
        self.end_streams()
        self._supervisor.stop()
        if self._heartbeat is not None:
            self._heartbeat.stop()
        self._stock.stop()
        if self._office is not None:
            self._office.stop()
        if self._commands is not None:
            self._commands.stop()
        if self._technician is not None:
            self._technician.stop()
        self._guidance.stop()
        self._residue.stop()
        self._sign.stop()
        hanging = self._roster.stop()
        fleet = self._fleet
        extras = (fleet.qr_scanner, fleet.card_slot, fleet.cabinet, fleet.document_scanner)
        for device in (fleet.id_reader, *extras):
            if device is not None:
                device.close()
        if self._office is not None and not hanging:
            self._office.close()
        if self._commands is not None and not hanging:
            self._commands.close()
        if self._technician is not None and not hanging:
            self._technician.close()
        _log.info("host_stopped", hanging=list(hanging))

    def _duties(self) -> Sequence[Duty]:
        duties = [
            *self._supervisor.duties(),
            *self._guidance.duties(),
            *self._stock.duties(),
            *self._residue.duties(),
            Duty("enrolment watch", self._await_another_identity),
            Duty("sign of life", self._sign.run),
        ]
        if self._heartbeat is not None:
            duties.append(Duty("heartbeat", self._heartbeat.run))
        if self._office is not None:
            duties.extend(self._office.duties())
        if self._commands is not None:
            duties.extend(self._commands.duties())
        if self._technician is not None:
            duties.extend(self._technician.duties())
        return duties

    def _at_the_machine(self) -> TechnicianParts | None:
        if self._office is None or self._identity is None:
            return None
        return TechnicianParts(
            self._settings,
            self._identity,
            self._office.counter,
            fleet=self._fleet,
            closure=self._closure,
            visits=self._visits,
            guidance=self._guidance,
            around=MachineWords(
                statuses=self._supervisor.statuses,
                residue=self._residue.report,
                line=self._office.line,
                line_alive=lambda: self._watch.alive,
                papers_open=self._office.spool.open_jobs,
                clock=self._clock,
                moved_to=self._stock.shelf.place_here,
            ),
        )

    def _commanding(self) -> CommandParts | None:
        if self._office is None or self._identity is None:
            return None
        return CommandParts(
            self._settings,
            self._identity,
            self._office.counter,
            clock=self._clock,
            keys=self._command_keys,
            closure=self._closure,
            visits=self._visits,
            supervisor=self._supervisor,
            fleet=self._fleet,
            open_papers=self._office.spool.open_jobs,
            forget_files=self._stock.forget,
            wipe_residue=self._residue.wipe,
        )

    def _locked(self) -> bool | None:
        # A terminal that obeys nobody is not asked to lock itself, and says so by silence.
        return self._closure.holds(ClosedFor.LOCKED) if self._command_keys.known else None

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            reading=lambda: self._office.reading if self._office else None,
            papers_open=lambda: self._office.spool.open_jobs() if self._office else 0,
            statuses=self._statuses,
            open=self._in_service,
            look=self._look,
            now=self._clock.now,
        )

    def _in_service(self) -> bool:
        enrolled = self._office is not None
        return enrolled and self._closure.reason is None and self._watch.alive is not False

    # Guidance is there before the supervisor, which asks devices in its words.
    def _statuses(self) -> Mapping[DeviceKind, DeviceStatus]:
        return self._supervisor.statuses()

    def _look(self, kind: DeviceKind) -> DeviceStatus:
        return self._supervisor.look(kind)

    def _visit_turned(self, began: bool) -> None:
        if self._office is not None:
            self._office.scanning.turn()
            self._office.capturing.forget()
        self._bus.announce(EventKind.VISIT, under_way=began)

    def _device_changed(self, kind: DeviceKind, status: DeviceStatus) -> None:
        self._bus.announce(EventKind.STATE, kind=kind.value, condition=status.condition.value)
        if self._heartbeat is not None:
            self._heartbeat.states_changed()

    def _await_another_identity(self) -> None:
        await_another(self._settings.state, self._identity, self._ending)

    def _first_boot(self) -> FirstBootDesk | None:
        # Damaged is not new: whoever stands there is no technician for that.
        if self._closure.holds(ClosedFor.UNIDENTIFIED):
            return None
        return first_boot_desk(
            self._settings,
            self._identity,
            self._fleet,
            self._clock.now,
            self._technician.accepted if self._technician else lambda: None,
        )

    def _dock(self) -> Dock | None:
        channels = self._settings.dock
        if channels is None or not self._settings.development:
            return None
        addresses = {
            DeviceKind.ID_READER: channels.id_reader,
            DeviceKind.A4_PRINTER: channels.a4_printer,
            DeviceKind.RECEIPT_PRINTER: channels.receipt_printer,
            DeviceKind.QR_SCANNER: channels.qr_scanner,
            DeviceKind.CABINET: channels.cabinet,
            DeviceKind.DOCUMENT_SCANNER: channels.document_scanner,
        }
        return Dock(
            simulators={
                kind: SimulatorControl(address) for kind, address in addresses.items() if address
            },
            statuses=self._supervisor.statuses,
            line=self._office.line if self._office else None,
            spoken=self._guidance.speaking.lately,
        )


def _watched(fleet: Fleet) -> Sequence[Watched]:
    found = []
    if fleet.a4_printer is not None:
        found.append(Watched(DeviceKind.A4_PRINTER, fleet.a4_printer))
    if fleet.receipt_printer is not None:
        found.append(Watched(DeviceKind.RECEIPT_PRINTER, fleet.receipt_printer))
    if fleet.qr_scanner is not None:
        found.append(Watched(DeviceKind.QR_SCANNER, fleet.qr_scanner))
    if fleet.card_slot is not None:
        found.append(Watched(DeviceKind.CARD_SLOT, fleet.card_slot))
    if (scanner := fleet.document_scanner) is not None:
        # Asking it opens it, which some answer with a whirr.
        found.append(Watched(DeviceKind.DOCUMENT_SCANNER, scanner, every_seconds=30.0))
    return found


def _line_changed(alive: bool) -> None:
    if alive:
        _log.info("line_found")
    else:
        _log.warning("line_lost")

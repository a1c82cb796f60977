"""The first boot of one terminal, put together; nothing of it is there on a terminal in use."""

from collections.abc import Callable
from datetime import datetime

from devices.agent.enrolment import enrol
from devices.agent.first_boot import PASS_FILE, FirstBoot
from devices.agent.identity import Identity
from devices.api.first_boot_routes import FirstBootDesk
from devices.assembly_office import SOFTWARE
from devices.host import acceptance
from devices.host.device_trials import DeviceTrials
from devices.host.ports import LineDead, Refused
from devices.host.registry import Fleet
from devices.settings import HostSettings


def first_boot_desk(
    settings: HostSettings,
    identity: Identity | None,
    fleet: Fleet,
    now: Callable[[], datetime],
    accepted: Callable[[], None],
) -> FirstBootDesk | None:
    """Return the desk of the first boot, or None for a terminal that has no such thing any more:
    it is not asked for, or its enrolment is over and no trial is due. *accepted* hears that
    the sheet was kept."""
    due = identity is None or (settings.state / PASS_FILE).exists()
    if not settings.first_boot or not due:
        return None

    def offer(origin: str, code: str, model: str) -> Identity | Refused | LineDead:
        return enrol(
            origin=origin,
            code=code,
            model=model,
            state=settings.state,
            ca_file=settings.server.ca_file,
        )

    first_boot = FirstBoot(settings, offer, now)
    if identity is None:
        return FirstBootDesk(first_boot, None, lambda: False)
    receipt = settings.drivers.receipt_printer
    width_mm = receipt.width_mm if receipt is not None else 80
    trials = DeviceTrials(fleet, terminal=identity.terminal, slip_width_mm=width_mm, now=now)

    def finish() -> bool:
        sheet = _sheet(settings, identity, trials, now())
        acceptance.keep(settings.state, sheet)
        accepted()
        first_boot.finish()
        return acceptance.hand_out(
            sheet, fleet.a4_printer, fleet.receipt_printer, slip_width_mm=width_mm
        )

    return FirstBootDesk(first_boot, trials, finish)


def _sheet(
    settings: HostSettings, identity: Identity, trials: DeviceTrials, at: datetime
) -> acceptance.Acceptance:
    return acceptance.Acceptance(
        id=acceptance.new_id(),
        terminal=identity.terminal,
        site=identity.site_name,
        software=SOFTWARE,
        px_per_mm=settings.model.px_per_mm,
        at=at,
        results=trials.results(),
    )

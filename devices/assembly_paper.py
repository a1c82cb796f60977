"""The lanes of one terminal, put together: one before each printer that hangs on it."""

from devices.agent.counter import ServerCounter
from devices.host.document_printing import DocumentPrinting
from devices.host.fetching import PaperFetcher
from devices.host.journal import Journal
from devices.host.ports import PaperKind
from devices.host.registry import Fleet
from devices.host.reporting import Reporter
from devices.host.slip_printing import SlipPrinting
from devices.host.spool import Lane


def paper_lanes(
    fleet: Fleet, counter: ServerCounter, journal: Journal, reporter: Reporter
) -> dict[PaperKind, Lane]:
    """One lane for each printer of *fleet*."""
    lanes = {}
    if (a4 := fleet.a4_printer) is not None:
        lanes[PaperKind.A4] = Lane(
            PaperKind.A4,
            journal,
            lambda rest: DocumentPrinting(
                a4,
                PaperFetcher(counter, journal, rest=rest),
                journal,
                rest=rest,
                reported=reporter.wake,
            ),
        )
    if (receipt := fleet.receipt_printer) is not None:
        lanes[PaperKind.SLIP] = Lane(
            PaperKind.SLIP,
            journal,
            lambda rest: SlipPrinting(
                receipt,
                PaperFetcher(counter, journal, rest=rest),
                journal,
                rest=rest,
                reported=reporter.wake,
            ),
        )
    return lanes

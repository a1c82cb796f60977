"""Puts the sealer together as the settings say."""

from kiosk_server.audit.sealer import Sealer
from kiosk_server.audit.sinks import HeadFolder, HeadLog, HeadSinks
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings


def head_folder(settings: Settings) -> HeadFolder:
    """Return the folder of heads that verification reads."""
    return HeadFolder(settings.instance / "audit-heads")


def sealer_for(database: Database, settings: Settings) -> Sealer:
    """Return the sealer of *database*: heads go to a folder and to the log."""
    sink = HeadSinks([head_folder(settings), HeadLog()])
    return Sealer(database, key=settings.audit_key, sink=sink)

"""`rotate-keys`: seal everything again under the newest key, while people are served."""

import argparse

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.cli.frame import OPERATOR, Commands, opened
from kiosk_server.core.rotation import rotate, values_left
from kiosk_server.files.rotation import files_left, rotate_files
from kiosk_server.migrations.tables import all_tables
from kiosk_server.settings import Settings


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    rotation = commands.add_parser("rotate-keys", help="seal everything again with the newest key")
    rotation.set_defaults(command=_rotate)


def _rotate(given: argparse.Namespace, settings: Settings) -> int:
    tables = all_tables()
    with opened(settings) as database:
        values, files = rotate(database, tables), rotate_files(database)
        with database.unit_of_work() as session:
            left = values_left(session, tables) + files_left(session)
            note(
                session,
                AuditEvent.KEYS_ROTATED,
                actor=OPERATOR,
                facts={
                    "key": database.keyring.current_key_id,
                    "resealed": values.resealed + files.resealed,
                    "left": left,
                },
            )
    for place in (*values.broken, *files.broken):
        print(f"{place} does not open with any key")
    print(f"{values.resealed} values and {files.resealed} files sealed again, {left} left.")
    return 1 if left else 0

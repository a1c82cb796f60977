"""`migrate`, `seed`, and for developers `migration`."""

import argparse
from pathlib import Path

from kiosk_server.cli.frame import Commands, opened
from kiosk_server.cli.seed import seed
from kiosk_server.migrations import commands as migrations
from kiosk_server.migrations.standing import head
from kiosk_server.settings import Settings


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.add_argument("--down", metavar="NUMBER", help="back to a migration; `base` is empty")
    migrate.set_defaults(command=_migrate)
    seed = commands.add_parser("seed", help="enter the sample places and catalogue")
    seed.set_defaults(command=_seed)
    migration = commands.add_parser("migration", help="write the next migration (developers)")
    migration.add_argument("message")
    migration.set_defaults(command=_migration)


def prepare_folder(url: str) -> None:
    """Make the folder that a SQLite file at *url* will lie in."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _migrate(given: argparse.Namespace, settings: Settings) -> int:
    prepare_folder(settings.database_url)
    if given.down:
        migrations.migrate_down(settings.database_url, given.down)
        print(f"The database stands at {given.down}.")
    else:
        migrations.migrate(settings.database_url)
        print(f"The database stands at {head()}.")
    return 0


def _seed(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database:
        seed(database, settings)
    print("Sample places and catalogue are entered.")
    return 0


def _migration(given: argparse.Namespace, settings: Settings) -> int:
    prepare_folder(settings.database_url)
    migrations.migrate(settings.database_url)
    print(migrations.write_migration(settings.database_url, given.message))
    return 0

"""What an operator types, and what the server's commands answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk_server.audit.assembly import sealer_for
from kiosk_server.cli.command_line import main
from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MOST_ATTEMPTS
from kiosk_server.outbox.services import emit
from kiosk_server.settings import Settings
from tests.support.audit_chain import tampering, write_entries

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def type_command(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command; gives exit status, standard output and standard error."""

    def run(*arguments: str, **variables: str) -> tuple[int, str, str]:
        environment = {
            "KIOSK_DATABASE_URL": settings.database_url,
            "KIOSK_INSTANCE": str(settings.instance),
            **variables,
        }
        status = main(arguments, environment)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_an_empty_machine_is_made_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`migrate` and `seed` on a machine without a database, twice, then a code for a terminal."""
    environment = {
        "KIOSK_DATABASE_URL": f"sqlite:///{tmp_path}/new/kiosk.sqlite3",
        "KIOSK_INSTANCE": str(tmp_path / "new"),
    }
    for command in ("migrate", "seed", "migrate", "seed"):
        assert main([command], environment) == 0
    assert main(["enrolment-code", "atushi-centre", "--place", "大厅"], environment) == 0
    assert "AT-0001 " in capsys.readouterr().out
    assert main(["migrate", "--down", "base"], environment) == 0


def test_wrong_settings_are_all_named(type_command: Type) -> None:
    """A command with wrong settings does nothing and names every fault."""
    status, _, said = type_command("migrate", KIOSK_FILES="shelf", KIOSK_DATABSE="x")
    assert status == 2
    assert "KIOSK_FILES" in said
    assert "KIOSK_DATABSE" in said


def test_a_database_that_was_never_migrated_is_told(tmp_path: Path, type_command: Type) -> None:
    """A command on an empty database says what is the matter instead of breaking."""
    address = f"sqlite:///{tmp_path}/empty.sqlite3"
    status, _, said = type_command("outbox", "list", KIOSK_DATABASE_URL=address)
    assert status == 2
    assert "not migrated" in said


def test_a_chain_without_heads_is_not_called_whole(
    database: Database, settings: Settings, type_command: Type
) -> None:
    """Who cuts the chain and takes the heads away too does not get a good word for it."""
    write_entries(database, 3)
    type_command("audit", "seal")
    for path in (settings.instance / "audit-heads").iterdir():
        path.unlink()
    status, said, _ = type_command("audit", "verify")
    assert status == 1
    assert "No head vouches for 1 to 3" in said


def test_the_audit_is_sealed_and_verified(database: Database, type_command: Type) -> None:
    """`audit verify` exits with 0 for a whole chain and names what was altered with 1."""
    write_entries(database, 3)
    status, said, _ = type_command("audit", "seal")
    assert (status, said.splitlines()[-1]) == (0, "3 entries linked.")
    status, said, _ = type_command("audit", "verify")
    assert (status, said) == (
        0,
        "3 links, 1 heads kept elsewhere, 0 entries not linked yet, 0 faults.\n",
    )
    with tampering(database) as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET event = 'x' WHERE id = 2")
    status, said, _ = type_command("audit", "verify")
    assert status == 1
    assert said.startswith("2 (entry 2): entry_altered: ")


def test_a_chain_that_was_cut_off_is_named(
    database: Database, settings: Settings, type_command: Type
) -> None:
    """`audit verify` compares with the heads that the worker kept outside the database."""
    write_entries(database, 3)
    sealer_for(database, settings).seal_all()
    with tampering(database) as connection:
        connection.exec_driver_sql("DELETE FROM audit_link WHERE sequence = 3")
        connection.exec_driver_sql("DELETE FROM audit_entry WHERE id = 3")
    status, said, _ = type_command("audit", "verify")
    assert status == 1
    assert "3: cut_off: " in said


def test_dead_letters_are_listed_and_sent_again(database: Database, type_command: Type) -> None:
    """`outbox list` shows what ended badly, `outbox retry` sends it again, once."""
    with database.unit_of_work() as session:
        letter = emit(session, "nobody", {})
        session.get_one(OutboxMessage, letter).attempts = MOST_ATTEMPTS - 1
    Dispatcher[None](database, {}, None).work_one()
    _, said, _ = type_command("outbox", "list")
    assert f"\n{letter} dead nobody " in f"\n{said}"
    assert "no_handler_for_topic" in said
    assert type_command("outbox", "retry", letter)[0] == 0
    status, _, said = type_command("outbox", "retry", letter)
    assert (status, said) == (1, "message_not_dead state=ready\n")
    assert type_command("outbox", "retry", "unknown")[2] == "message_not_found\n"


def test_keys_are_rotated_and_what_is_left_is_counted(type_command: Type) -> None:
    """`rotate-keys` says how much it sealed again and that nothing is left."""
    status, said, _ = type_command("rotate-keys")
    assert (status, said) == (0, "0 values and 0 files sealed again, 0 left.\n")

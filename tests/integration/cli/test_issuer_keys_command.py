"""`issuer-keys`, as an operator uses it."""

import pytest

from kiosk_server.cli.command_line import main
from kiosk_server.settings import Settings


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_operator_turns_and_withdraws_keys(
    settings: Settings, engine_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first key is made, listed, withdrawn and followed; an unknown one is refused by name."""

    def run(*arguments: str) -> tuple[int, str]:
        environment = {
            "KIOSK_DATABASE_URL": settings.database_url,
            "KIOSK_INSTANCE": str(settings.instance),
        }
        status = main(["issuer-keys", *arguments], environment)
        told = capsys.readouterr()
        return status, told.out + told.err

    assert run("rotate", "--algorithm", "Ed25519") == (0, "1 steps were due.\n")
    kid = run("list")[1].split()[0]
    status, told = run("withdraw", kid)
    assert status == 0
    assert told.startswith(f"{kid} is believed no more; ")
    assert [line.split()[2] for line in run("list")[1].splitlines()] == ["retired", "active"]
    assert run("withdraw", "nobody-has") == (1, "issuer_key_not_found\n")

"""`issuer-keys`, as an operator uses it."""

import sys

import pytest

from kiosk_server.cli.command_line import main
from kiosk_server.settings import Settings
from tests.support.missing import need_module


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
    assert [line.split()[2] for line in run("list")[1].splitlines()] == ["withdrawn", "active"]
    for unknown in ("nobody-has", "-hyphened", "--hyphened"):
        assert run("withdraw", unknown) == (1, "issuer_key_not_found\n")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_sm2_is_begun_and_ended_by_an_operator(
    settings: Settings,
    engine_name: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without its extra SM2 is refused with the file's name; with it a key is announced first."""
    need_module("gmssl_pyx", "pip install --require-hashes -r requirements-dev.txt")
    environment = {
        "KIOSK_DATABASE_URL": settings.database_url,
        "KIOSK_INSTANCE": str(settings.instance),
    }
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "gmssl_pyx", None)
        assert main(["issuer-keys", "rotate", "--algorithm", "SM2"], environment) == 1
        assert "requirements-gm.txt" in capsys.readouterr().err
    assert main(["issuer-keys", "rotate", "--algorithm", "SM2"], environment) == 0
    assert main(["issuer-keys", "list"], environment) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[1:3] for line in told[1:]] == [["ES256", "active"], ["SM2", "announced"]]
    assert main(["issuer-keys", "end-sm2"], environment) == 0
    assert capsys.readouterr().out == "1 keys of SM2 stepped down.\n"

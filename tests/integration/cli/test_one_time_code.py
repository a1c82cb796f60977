"""The code of a demo account, for whoever has no app at hand."""

from argparse import Namespace
from dataclasses import replace

import pyotp
import pytest

from kiosk_server.cli.command_line import main
from kiosk_server.cli.one_time_code import tell
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.settings import Settings
from kiosk_server.staff.seed import DEMO_ACCOUNTS

ACCOUNT = DEMO_ACCOUNTS[0]


def test_the_code_of_now_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is what a TOTP app would show at this moment."""
    at = clock.now()
    with clock.frozen(at):
        assert main(["one-time-code", ACCOUNT.login], {}) == 0
    assert capsys.readouterr().out.strip() == pyotp.TOTP(ACCOUNT.totp_secret).at(at)


def test_an_unknown_name_is_told_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no demo account has is refused with those that there are."""
    assert main(["one-time-code", "nobody"], {}) == 1
    assert ACCOUNT.login in capsys.readouterr().err


def test_production_tells_no_code(settings: Settings) -> None:
    """A production server has no demo accounts, and no command that passes a second factor."""
    with pytest.raises(Refused, match="demo_accounts_in_production"):
        tell(Namespace(name=ACCOUNT.login), replace(settings, environment="production"))

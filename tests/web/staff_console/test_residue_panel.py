"""The residue check on a terminal's page: what was found, where, and what to do about it."""

import pytest
from flask import Flask

from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

pytestmark = pytest.mark.policy("P52")


@pytest.fixture
def technician(app: Flask) -> StaffBrowser:
    """The technician of the whole city, signed in."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


def _says(terminal: SignedTerminal, state: str) -> None:
    sampled = next(
        sample.body
        for sample in exchange("heartbeats").requests
        if sample.body.get("residue", {}).get("state") == state
    )
    assert terminal.post(f"{API}/heartbeats", json_body=sampled).status_code == 200


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("clean", ("没有残留", "剪贴板")),
        ("found", ("查到残留，已停用", "浏览器存储；临时目录", "--wipe")),
        ("not_checked", ("没有查全", "Cookie", "很久没有完整查过一次")),
    ],
)
def test_the_page_says_what_the_check_found(
    app: Flask, technician: StaffBrowser, state: str, words: tuple[str, ...]
) -> None:
    """State, places in words, and what the technician does; never a path of the machine."""
    terminal = SignedTerminal(app)
    _says(terminal, state)
    page = technician.get(f"/staff/terminals/{terminal.id}")
    policy = page.headers["Content-Security-Policy"]
    assert faults_of(page.text, policy, help_phone="") == []
    for word in words:
        assert word in page.text


def test_a_terminal_that_never_checked_shows_no_panel(app: Flask, technician: StaffBrowser) -> None:
    """An older terminal's page has no empty box."""
    terminal = SignedTerminal(app)
    page = technician.get(f"/staff/terminals/{terminal.id}")
    assert page.status_code == 200
    assert "残留检查" not in page.text

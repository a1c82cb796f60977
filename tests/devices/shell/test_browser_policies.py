"""The managed policies: what they say, and that the installed Chromium takes all of it."""

import json
import shlex
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.shell.browser import Browser
from devices.shell.browser_command import PROGRAM, ScreenPlan, arguments
from devices.shell.screen import run
from tests.support.browser import COMMAND
from tests.support.missing import need_program
from tests.support.panel import POLICIES, SHIPPED_ORIGIN, need_namespaces, settings_of_browser

# The rows of chrome://policy stand in shadow trees.
_ROWS = """(() => {
  const rows = []
  const walk = (node) => {
    if (node.tagName === 'POLICY-ROW') rows.push(node.shadowRoot)
    for (const child of [...(node.shadowRoot?.children || []), ...node.children]) walk(child)
  }
  walk(document.body)
  const said = (row, part) => row?.querySelector(part)?.innerText.trim() || ''
  return JSON.stringify(rows.map(row => [said(row, '.name'), said(row, '.messages')]))
})()"""


_TAKEN = {"OK", "Deprecated"}


@pytest.fixture(scope="module")
def policies() -> dict[str, Any]:
    """The shipped policies."""
    found: dict[str, Any] = json.loads((POLICIES / "kiosk.json").read_text("utf-8"))
    return found


def test_only_the_doors_origin_is_allowed(policies: dict[str, Any]) -> None:
    """Every address is blocked but the door's, and pages of the browser by name as well."""
    assert policies["URLAllowlist"] == [SHIPPED_ORIGIN]
    assert {"*", "chrome://*", "devtools://*", "file://*", "view-source:*"} <= set(
        policies["URLBlocklist"]
    )
    assert policies["NewTabPageLocation"] == f"{SHIPPED_ORIGIN}/kiosk/"


@pytest.mark.policy("P52")
def test_nothing_personal_is_offered_or_kept(policies: dict[str, Any]) -> None:
    """No form memory, no passwords, no history, no account; the profile lives in memory."""
    off = (
        "AutofillAddressEnabled AutofillCreditCardEnabled PasswordManagerEnabled TranslateEnabled"
        " SpellcheckEnabled SearchSuggestEnabled PrintingEnabled AllowFileSelectionDialogs"
        " MetricsReportingEnabled BackgroundModeEnabled"
    )
    assert {name: policies[name] for name in off.split()} == dict.fromkeys(off.split(), False)
    assert policies["ForceEphemeralProfiles"] is True
    assert policies["SavingBrowserHistoryDisabled"] is True
    assert policies["DownloadRestrictions"] == 3


def test_the_launchers_address_is_the_one_that_the_policies_allow() -> None:
    """Without being told otherwise, both speak of the same door."""
    plan = ScreenPlan(SHIPPED_ORIGIN, Path("/run/kiosk-screen"))
    given = arguments(plan, plan.profiles / "visit-x")
    assert given[-1] == f"{SHIPPED_ORIGIN}/kiosk/"
    assert "--kiosk" in given
    assert not any(each.startswith("--remote-debugging-port") for each in given)


def test_the_profiles_must_be_somewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place that cannot be made is said with a code, and exit status 2."""
    (tmp_path / "file").touch()
    assert run(["--profiles", str(tmp_path / "file" / "below")]) == 2
    assert capsys.readouterr().err.startswith("profiles_unusable: ")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, for the browser's socket."""
    with tempfile.TemporaryDirectory(prefix="policies-", dir="/dev/shm") as name:
        yield Path(name)


@pytest.mark.browser
def test_chromium_takes_every_policy(folder: Path, policies: dict[str, Any]) -> None:
    """chrome://policy lists each of ours without a fault: no name is misspelt or out of use."""
    need_program("chromium", COMMAND)
    need_namespaces()
    etc = settings_of_browser(folder, SHIPPED_ORIGIN, "chrome://policy")
    program = folder / "chromium"
    inside = f'mount --bind {etc} /etc/chromium && exec {PROGRAM} "$@"'
    line = shlex.join(["exec", "unshare", "-Urm", "sh", "-c", inside, "chromium"])
    program.write_text(f'#!/bin/sh\n{line} "$@"\n', "utf-8")
    program.chmod(0o755)
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
    browser = Browser(ScreenPlan("chrome://policy", folder, str(program), flags))
    try:
        browser.wait_until_shown(within_seconds=20)
        browser.ask("void setTimeout(() => { location.pathname = '/' })", within_seconds=30)
        until = time.monotonic() + 10
        rows: dict[str, str] = {}
        while not set(policies) <= set(rows) and time.monotonic() < until:
            rows = dict(json.loads(browser.ask(_ROWS, within_seconds=30) or "[]"))
    finally:
        browser.end()
    assert {name: rows.get(name) for name in policies if rows.get(name) not in _TAKEN} == {}

"""The page `/scan` without a browser: what each code is told as, and what the page may do."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.models import UsageRecord
from kiosk_server.core.database import Database
from kiosk_server.credentials import keys
from kiosk_server.credentials.key_rules import KeyTerms
from kiosk_server.credentials.signers import Algorithm
from kiosk_server.public import guessing, scan_installing
from kiosk_server.public.verifiers import DEVICE_COOKIE, SESSION_COOKIE
from kiosk_server.settings import Settings
from tests.support.credentials import FACTS, issue, kept_licence
from tests.support.credentials import code as offline_code
from tests.support.inspect_page import inspect
from tests.support.missing import need_module
from tests.support.showing import Shower
from tests.support.source_tree import ROOT
from tests.support.verifying import HOTEL_CODE, OTHER_CODE, Hotel

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_REASON = re.compile(r"data-reason>([^<]*)<")
_IMPORT = re.compile(r'(?:from|import\(|import)\s*"(\.[^"]+)"')
STATIC = ROOT / "kiosk_server/web/static"


@pytest.fixture
def origin(settings: Settings) -> str:
    """Where our own addresses begin."""
    return settings.public_origin


def typed(client: FlaskClient, code: str, language: str = "zh") -> TestResponse:
    """Type a code into the page's field, as before any script runs."""
    page = client.get(f"/scan?lang={language}")
    found = _CSRF.search(page.text)
    assert found is not None
    return client.post(f"/scan?lang={language}", data={"csrf_token": found[1], "code": code})


def told(answer: TestResponse) -> str:
    """The reason that a verdict names."""
    shown = answer.text.split("<template")[0]
    found = _REASON.search(shown)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_the_page_is_one_field_before_scripts(client: FlaskClient, language: str) -> None:
    """It can be read and used in every language; it alone may run WebAssembly and the camera."""
    answer = client.get(f"/scan?lang={language}")
    page = inspect(answer, scans=True)
    assert ("post", f"/scan?lang={language}") in page.actions
    assert "'wasm-unsafe-eval'" in answer.headers["Content-Security-Policy"]
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    other = client.get(f"/v/?lang={language}")
    assert "unsafe" not in other.headers["Content-Security-Policy"]
    assert "camera=()" in other.headers["Permissions-Policy"]


@pytest.mark.policy("P31", "P34")
def test_a_live_code_is_looked_at_once(client: FlaskClient, database: Database) -> None:
    """The masked card the first time, `already_used` the second."""
    shower = Shower(database)
    code = shower.show()
    first, second = typed(client, code.token), typed(client, code.token)
    inspect(first, scans=True)
    assert told(first) == "genuine"
    assert "测试·阿依古丽" not in first.text
    assert told(second) == "already_used"
    assert shower.sees(code).contested


def test_a_whole_address_of_ours_is_taken(
    client: FlaskClient, database: Database, origin: str
) -> None:
    """What the QR of a phone says may be pasted."""
    code = Shower(database).show()
    assert told(typed(client, code.address(origin))) == "genuine"


@pytest.mark.policy("P34")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_an_offline_code_is_judged_by_the_lists_of_now(
    client: FlaskClient, database: Database, origin: str, language: str
) -> None:
    """Signed, within its minutes and not spoken against: the least is shown, in one's language."""
    kept = kept_licence(database)
    first = issue(database, kept, origin=origin)[0]
    answer = typed(client, first.text, language)
    inspect(answer, scans=True)
    assert told(answer) == "genuine"
    issue(database, kept, origin=origin)
    assert told(typed(client, first.text, language)) == "stopped"


@pytest.mark.policy("P31")
def test_a_verifiers_look_at_an_offline_code_stands_in_the_log(
    client: FlaskClient, database: Database, origin: str
) -> None:
    """Who is signed in looks with a name: the holder reads it; another scene tells nothing."""
    kept = kept_licence(database)
    (code,) = issue(database, kept, origin=origin)
    for name, number, scene, reason in (
        ("测试车站", HOTEL_CODE, "transport", "genuine"),
        ("测试宾馆", OTHER_CODE, "lodging", "wrong_audience"),
    ):
        company = Hotel(database, name, number, (scene,), login=scene).employ()
        for cookie, value in (
            (SESSION_COOKIE, company.sign_in()),
            (DEVICE_COOKIE, company.joined.device_secret),
        ):
            client.set_cookie(cookie, value, path="/scan")
        assert told(typed(client, code.text)) == reason
    with database.reading() as session:
        records = session.scalars(select(UsageRecord).order_by(UsageRecord.id)).all()
    assert [(each.channel, each.outcome) for each in records] == [
        ("offline", "genuine"),
        ("offline", "wrong_audience"),
    ]


def test_an_offline_code_of_sm2_is_judged_here(
    client: FlaskClient, database: Database, origin: str
) -> None:
    """What no browser can verify is found genuine by the page that the phone asks."""
    need_module("gmssl_pyx", "pip install --require-hashes -r requirements-dev.txt")
    kept, terms = kept_licence(database), KeyTerms(announced=timedelta())
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, terms=terms, algorithm=Algorithm.SM2)
        assert keys.code_signer(session).algorithm is Algorithm.SM2
    assert told(typed(client, issue(database, kept, origin=origin)[0].text)) == "genuine"


def test_a_strangers_offline_code_is_not_believed(client: FlaskClient, database: Database) -> None:
    """A key that nobody published vouches for nothing, and nothing of such a code is shown."""
    kept_licence(database)
    answer = typed(client, offline_code())
    assert told(answer) == "unknown_issuer"
    assert FACTS.masked_name not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/s/AAAAAAAAAAAAAAAAAAAAAA",
        "<img src=x onerror=alert(1)>",
        'javascript:alert("x")',
    ],
)
def test_what_is_not_ours_is_text_and_no_link(client: FlaskClient, text: str) -> None:
    """A stranger's text stands on the page escaped, is no link, and leads nowhere."""
    answer = typed(client, text)
    page = inspect(answer, scans=True)
    assert (answer.status_code, told(answer)) == (200, "not_ours")
    assert not [link for link in page.links if "evil" in link or "javascript" in link]
    assert "<img src=x" not in answer.text
    assert text in "".join(page.text)


@pytest.mark.parametrize("code", ["0123456789abcdefghjkmnpqrs"])
def test_the_code_of_a_paper_leads_to_its_page(client: FlaskClient, origin: str, code: str) -> None:
    """A printed proof has its page already; scanned or typed it leads there."""
    for text in (code, f"{origin}/v/{code}"):
        answer = typed(client, text, "ug")
        assert (answer.status_code, answer.location) == (303, f"/v/{code}?lang=ug")


def test_guessing_live_codes_has_an_end(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit of a neighbourhood made-up codes wait, and a right one is still answered."""
    monkeypatch.setattr(guessing, "WRONG_PER_NEIGHBOURHOOD", 2)
    for number in range(guessing.WRONG_PER_NEIGHBOURHOOD):
        assert told(typed(client, f"{number:022d}")) == "not_ours"
    assert typed(client, "Z" * 22).status_code == 429
    assert told(typed(client, Shower(database).show().token)) == "genuine"


def test_nothing_is_taken_without_the_form(client: FlaskClient, database: Database) -> None:
    """Another site cannot have a code looked up by whoever visits it."""
    shower = Shower(database)
    code = shower.show()
    assert client.post("/scan", data={"code": code.token}).status_code == 400
    assert shower.sees(code).uses == ()


def test_every_module_is_kept_for_a_dead_line(app: Flask, client: FlaskClient) -> None:
    """What the page's scripts import, however deep, is in the worker's list; so is the decoder."""
    wanted, waiting = set(), ["scripts/scan-page.mjs"]
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted.add(name)
        path = STATIC / name
        waiting += [
            (path.parent / other).resolve().relative_to(STATIC.resolve()).as_posix()
            for other in _IMPORT.findall(path.read_text("utf-8"))
        ]
    assert wanted == set(scan_installing.SCRIPTS)
    shell = client.get("/scan/shell.json").get_json()
    for address in (*shell["files"], *shell["pages"]):
        assert client.get(address).status_code == 200, address
    assert client.get("/scan/worker.mjs").headers["Service-Worker-Allowed"] == "/scan"
    manifest = client.get("/scan/manifest.webmanifest?lang=ug").get_json()
    assert (manifest["scope"], manifest["dir"]) == ("/scan", "rtl")

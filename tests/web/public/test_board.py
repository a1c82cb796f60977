"""The call board without a browser: what it shows, in which words, and when it says nothing new."""

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.public import board_installing
from kiosk_server.queue import calling
from tests.support.booking import SITE, BookedSite
from tests.support.inspect_page import faults_of, read_page
from tests.support.missing import need_program
from tests.support.queue_hall import Hall, at
from tests.support.source_tree import ROOT
from tests.support.staff_browser import database_of, seed

HERE = f"/board/{SITE}"
WINDOW, OTHER_WINDOW, OTHER_GROUP = f"{SITE}-1", f"{SITE}-2", "medical-insurance"
SCRIPTS = ROOT / "kiosk_server/web/static/scripts"
_IMPORT = re.compile(r'from "\./([^"]+)"')


@pytest.fixture(autouse=True)
def ten() -> Iterator[None]:
    """It is ten minutes past ten in the morning."""
    with clock.frozen(at(10)):
        yield


@pytest.fixture
def hall(app: Flask) -> Hall:
    """B001 has been called, then A001, and A001 again; A002 waits."""
    seed(app)
    hall = Hall(BookedSite.open(database_of(app)))
    for minute in (1, 2):
        hall.takes(minute)
    hall.takes(3, group=OTHER_GROUP)
    hall.calls(4, OTHER_WINDOW)
    hall.calls(5, WINDOW)
    recall(hall, 6)
    return hall


def recall(hall: Hall, minute: float) -> None:
    """Let the window call out again whom it has."""
    with clock.frozen(at(minute)), hall.site.database.unit_of_work() as session:
        here = calling.call_next(session, WINDOW, by=SYSTEM)
        assert here is not None
        calling.recall(session, here.id, by=SYSTEM)


@pytest.mark.policy("P57")
@pytest.mark.parametrize(
    ("language", "direction", "beside"), [("zh", "ltr", "ug"), ("ug", "rtl", "zh-CN")]
)
def test_a_board_speaks_two_languages_at_once(
    client: FlaskClient, hall: Hall, language: str, direction: str, beside: str
) -> None:
    """Each sentence stands there in both, each with its own direction; labels are isolated."""
    answer = client.get(f"{HERE}?lang={language}")
    page = read_page(answer.text)
    assert page.direction == direction
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == ["no way out"]
    for tag, way, words in (("zh-CN", "ltr", "请到 1 号窗口"), ("ug", "rtl", "-كۆزنەككە كېلىڭ")):
        assert re.search(rf'lang="{tag}" dir="{way}">[^<]*{words}', answer.text)
    assert '<p class="b-label num">A001</p>' in answer.text
    assert '<b class="num">B001</b>' in answer.text
    assert f'lang="{beside}"' in answer.text


@pytest.mark.policy("P39")
def test_a_board_names_nobody_and_leaves_no_trace(client: FlaskClient, hall: Hall) -> None:
    """Labels, windows and counts; no cookie, no ticket's id, no address of a ticket."""
    waiting = hall.ticket(hall.takes(7))
    answer = client.get(HERE)
    assert "Set-Cookie" not in answer.headers
    assert waiting.id not in answer.text
    assert waiting.label == "A003"
    assert "A003" not in answer.text
    assert "/q/" not in answer.text


def test_a_board_is_asked_often_and_answers_seldom(client: FlaskClient, hall: Hall) -> None:
    """The same ETag while nothing has changed; another after a recall, and in another language."""
    first = client.get(HERE)
    asked = {"If-None-Match": first.headers["ETag"]}
    same = client.get(HERE, headers=asked)
    assert (same.status_code, same.data) == (304, b"")
    assert float(same.headers["Kiosk-Server-Time"]) == at(10).timestamp()
    assert client.get(f"{HERE}?lang=ug", headers=asked).status_code == 200
    recall(hall, 8)
    changed = client.get(HERE, headers=asked)
    assert changed.status_code == 200
    assert "第 3 次" in changed.text


def test_an_empty_hall_and_no_hall(client: FlaskClient, hall: Hall) -> None:
    """Nobody called is said in words, with what to do; there is no board of no site."""
    page = client.get("/board/songtake").text
    assert "现在没有叫号" in page
    assert "没有预约也能办" in page
    assert client.get("/board/nowhere").status_code == 404


def test_a_closed_hall_says_when_it_opens(client: FlaskClient, hall: Hall) -> None:
    """Out of hours nobody is told that there is no wait, but when to come."""
    with clock.frozen(at(5 * 60)):
        page = client.get("/board/songtake").text
    assert "现在不在办公时间" in page
    assert '<time class="num">11-25 16:00</time>' in page
    assert "不用等" not in page


def test_one_who_has_gone_is_off_the_board(client: FlaskClient, hall: Hall) -> None:
    """A visit that is done makes room for the call before it."""
    here = hall.calls(8, WINDOW)
    assert here is not None
    hall.finishes(9, here)
    page = client.get(HERE).text
    assert "A001" not in page
    assert '<p class="b-label num">B001</p>' in page


def test_what_a_board_is_drawn_with_is_kept(client: FlaskClient, hall: Hall) -> None:
    """The worker's list holds every module that the page imports, and every file is there."""
    wanted = {"board-page.mjs"}
    for name in ("board-page.mjs", "board-sound.mjs", "board-voice.mjs", "board-chime.mjs"):
        wanted |= set(_IMPORT.findall((SCRIPTS / name).read_text("utf-8")))
    assert {f"scripts/{name}" for name in wanted} == set(board_installing.SCRIPTS)
    shell = client.get("/board/shell.json").get_json()
    assert [url for url in shell["files"] if client.get(url).status_code != 200] == []
    worker = client.get("/board/worker.mjs")
    assert worker.headers["Content-Type"].startswith("text/javascript")


_SAID = """
import assert from "node:assert/strict"
import { Announcer } from "./board-sound.mjs"
import { silence, voiceOf } from "./board-voice.mjs"

const heard = []
const settled = () => new Promise((resolve) => setImmediate(resolve))
const chime = { ring: async () => { heard.push("chime") } }
class Sentence extends EventTarget { constructor(text) { super(); this.text = text } }
const world = {
  SpeechSynthesisUtterance: Sentence,
  speechSynthesis: {
    getVoices: () => [{ lang: "en-US" }, { lang: "zh_CN" }, { lang: "zh-TW", localService: true }],
    speak: (said) => {
      heard.push(`${said.lang}: ${said.text}`)
      setImmediate(() => said.dispatchEvent(new Event("end")))
    },
  },
}
const voice = voiceOf(world)
const call = (key, at) => ({ key, at, utterances: [
  { text: key, lang: "zh-CN" }, { text: key, lang: "ug" } ] })
const announcer = new Announcer(chime, voice)
announcer.on = true
announcer.hear([call("A001|1|1", 0)], 0)
await settled()
assert.deepEqual(heard, [], "what was there at the beginning is not said")
announcer.hear([call("A001|1|1", 0), call("A001|1|2", 9), call("B001|2|1", 10)], 11)
while (heard.length < 4) await settled()
await settled()
const said = ["chime", "zh-TW: A001|1|2", "chime", "zh-TW: B001|2|1"]
assert.deepEqual(heard, said, "one after the other, in the languages that have a voice")
announcer.hear([call("C001|3|1", 20)], 500)
await settled()
assert.deepEqual(heard, said, "what is long past is not said")
announcer.on = false
announcer.hear([call("C001|3|1", 20), call("A002|1|1", 501)], 501)
await settled()
assert.deepEqual(heard, said, "nothing is said while the sound is off")
assert.equal(voiceOf({}), silence)
await silence.say([{ text: "x", lang: "zh-CN" }])
"""


def test_calls_are_said_one_after_the_other() -> None:
    """A chime, then each language that has a voice; a recall is said again, old calls are not."""
    node = shutil.which(need_program("node", "apt-get install -y nodejs"))
    assert node is not None
    done = subprocess.run(
        [node, "--input-type=module", "-"],
        input=_SAID.replace("./", f"{SCRIPTS.as_uri()}/"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

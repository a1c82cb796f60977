"""What the first boot takes as an answer, and whom it lets go on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.agent.first_boot import (
    CODE_CHARACTERS,
    LEAST_PX_PER_MM,
    MOST_PX_PER_MM,
    PASS_FILE,
    PASS_LASTS,
    Admitted,
    Field,
    FirstBoot,
    Said,
)
from devices.agent.identity import Identity
from devices.api.first_boot_texts import FIRST_BOOT, OFFERED
from devices.first_answers import FILE, AnswersUnreadable, with_answers
from devices.host.ports import LineDead, Refused
from devices.settings import HostSettings, SettingsError

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
CODE = "7K3M9QXT2WHP"


class Scene:
    """A first boot at a moment that can be moved, and a server that answers as told."""

    def __init__(self, state: Path, environment: str = "production") -> None:
        self.now = NOW
        self.offered: list[tuple[str, str, str]] = []
        self.answer: Identity | Refused | LineDead = Identity(
            "T-0001", "k1", "https://kiosk.example", "测试站", "大厅", Ed25519PrivateKey.generate()
        )
        config = state / "terminal.toml"
        config.write_text(
            f'environment = "{environment}"\nfirst_boot = true\nhelp_phone = "12345"\n'
            f'state_directory = "{state}"\n',
            "utf-8",
        )
        self.config = config
        self.boot = FirstBoot(HostSettings.from_toml(config), self.offer, lambda: self.now)

    def offer(self, origin: str, code: str, model: str) -> Identity | Refused | LineDead:
        self.offered.append((origin, code, model))
        return self.answer

    def type(self, field: Field, text: str) -> None:
        for character in text:
            self.boot.press(field, character)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A production terminal out of the box."""
    return Scene(tmp_path)


def test_the_address_begins_as_a_secure_one(scene: Scene) -> None:
    """Nobody has to type https:// on a screen."""
    scene.type(Field.ADDRESS, "kiosk.example")
    assert scene.boot.answers.address == "https://kiosk.example"
    assert scene.boot.check_address() is None


@pytest.mark.parametrize("key", ['"', "\n", "A", "ab", " "])
def test_keys_that_are_not_on_the_screen_are_not_heard(scene: Scene, key: str) -> None:
    """What a form could send beside the keys cannot reach the file of answers."""
    scene.boot.press(Field.ADDRESS, key)
    assert scene.boot.answers.address == "https://"


@pytest.mark.parametrize("typed", ["", "kiosk.example/path", "-:-", ":8000"])
def test_what_is_no_origin_is_not_taken(scene: Scene, typed: str) -> None:
    """Host and perhaps a port, and nothing behind."""
    scene.type(Field.ADDRESS, typed)
    assert scene.boot.check_address() is Said.ADDRESS_INVALID


def test_production_wants_a_secure_line(tmp_path: Path) -> None:
    """http:// is for development alone."""
    for environment, said in (("production", Said.ADDRESS_NOT_SECURE), ("development", None)):
        state = tmp_path / environment
        state.mkdir()
        scene = Scene(state, environment)
        for _ in "https://":
            scene.boot.press(Field.ADDRESS, "")
        scene.type(Field.ADDRESS, "http://127.0.0.1:8000")
        assert scene.boot.check_address() is said


def test_the_card_stays_on_the_screen(scene: Scene) -> None:
    """However often one touches, the measure stays within what panels have."""
    for _ in range(100):
        scene.boot.resize(0.25)
    assert scene.boot.answers.px_per_mm == MOST_PX_PER_MM
    for _ in range(100):
        scene.boot.resize(-0.25)
    assert scene.boot.answers.px_per_mm == LEAST_PX_PER_MM


def test_a_short_code_is_not_offered(scene: Scene) -> None:
    """Twelve characters, and the server is not bothered with fewer."""
    scene.type(Field.ADDRESS, "kiosk.example")
    scene.type(Field.CODE, CODE[:-1])
    assert scene.boot.enrol() is Said.CODE_INCOMPLETE
    assert scene.offered == []


def test_the_answers_are_on_disk_when_the_server_says_yes(scene: Scene) -> None:
    """Whatever happens next, the terminal knows its server and its panel."""
    scene.type(Field.ADDRESS, "kiosk.example")
    scene.boot.resize(0.25)
    scene.boot.turn("landscape")
    scene.type(Field.CODE, CODE + "9")
    admitted = scene.boot.enrol()
    assert isinstance(admitted, Admitted)
    assert scene.offered == [("https://kiosk.example", "7K3M-9QXT-2WHP", "floor-21-portrait")]
    settings = HostSettings.from_toml(scene.config)
    assert settings.server_known
    assert settings.server.origin == "https://kiosk.example"
    assert settings.model.px_per_mm == pytest.approx(4.28)
    assert settings.model.format == "landscape"


@pytest.mark.parametrize(
    ("answer", "said"),
    [(Refused("enrolment_refused", 403), "enrolment_refused"), (LineDead("off"), Said.LINE_DEAD)],
)
def test_a_refusal_leaves_no_pass(scene: Scene, answer: Refused | LineDead, said: str) -> None:
    """Without enrolment nobody gets a pass, and the code is asked for anew."""
    scene.answer = answer
    scene.type(Field.ADDRESS, "kiosk.example")
    scene.type(Field.CODE, CODE)
    assert scene.boot.enrol() == said
    assert len(scene.boot.answers.code) < CODE_CHARACTERS
    assert not (scene.config.parent / PASS_FILE).exists()


def test_the_pass_is_one_browsers_and_ends(scene: Scene) -> None:
    """Only its secret opens, for two hours, and not after the set-up is finished; the file holds
    no secret."""
    scene.type(Field.ADDRESS, "kiosk.example")
    scene.type(Field.CODE, CODE)
    admitted = scene.boot.enrol()
    assert isinstance(admitted, Admitted)
    assert admitted.secret not in (scene.config.parent / PASS_FILE).read_text("utf-8")
    assert scene.boot.admits(admitted.secret)
    assert not scene.boot.admits("")
    assert not scene.boot.admits(admitted.secret[:-1])
    scene.now += PASS_LASTS - timedelta(seconds=1)
    assert scene.boot.admits(admitted.secret)
    scene.now += timedelta(seconds=1)
    assert not scene.boot.admits(admitted.secret)
    scene.now = NOW
    scene.boot.finish()
    assert not scene.boot.admits(admitted.secret)


@pytest.mark.parametrize("kept", ["", "{}", "[]", json.dumps({"digest": 1, "until": "never"})])
def test_a_damaged_pass_opens_nothing(scene: Scene, kept: str) -> None:
    """A file that a power cut has spoilt is no pass."""
    (scene.config.parent / PASS_FILE).write_text(kept, "utf-8")
    assert not scene.boot.admits("anything")


def test_a_table_of_the_settings_is_not_overruled(tmp_path: Path) -> None:
    """What the machine's owner wrote into terminal.toml stands against what was touched in."""
    (tmp_path / FILE).write_text('[server]\norigin = "https://other.example"\n', "utf-8")
    own = {"first_boot": True, "state_directory": str(tmp_path), "server": {"origin": "https://a"}}
    assert with_answers(own)["server"] == {"origin": "https://a"}
    assert with_answers({"state_directory": str(tmp_path)}) == {"state_directory": str(tmp_path)}


def test_damaged_answers_are_named(scene: Scene) -> None:
    """The host says which file it cannot read, and does not start with half of it."""
    (scene.config.parent / FILE).write_text("[server", "utf-8")
    with pytest.raises(SettingsError, match=FILE):
        HostSettings.from_toml(scene.config)
    with pytest.raises(AnswersUnreadable):
        with_answers({"first_boot": True, "state_directory": str(scene.config.parent)})


def test_all_languages_have_all_words() -> None:
    """No page of the set-up lacks a word in one of its languages."""
    wanted = set(FIRST_BOOT["zh"])
    for language in OFFERED:
        assert {name for name, word in FIRST_BOOT[language].items() if word} == wanted

"""The loudspeaker: recordings first, then the stand-in voice, and silence at once when wanted."""

import json
import threading
import time
from pathlib import Path

import pytest

from devices.command_line import main
from devices.contracts.speaker import Hushed, Said, SpeakerTrouble, Voice
from devices.contracts.states import Condition, Trouble
from devices.drivers.program_speaker import ProgramSpeaker, over_programs
from devices.drivers.recordings import MANIFEST, Recordings, RecordingState
from devices.prompts import Language, Prompt, prompts
from devices.protocols.wave_sound import NotSound, Sound, read_wave
from tests.support.sounds import SIMULATED_PLAYER, record, tone

TITLE = prompts()[Language.UG]["card-title"]
LEFT = prompts()[Language.UG]["card-left"]
NO_VOICE = "no-such-voice-program"


def always() -> bool:
    """Nobody asks for silence."""
    return True


class Room:
    """A speaker whose sounds are written down."""

    def __init__(self, folder: Path, *, speed: float = 50.0, stand_in: str = "") -> None:
        self.folder = folder
        self.heard_file = folder / "heard"
        player = [*SIMULATED_PLAYER, "--heard", str(self.heard_file), "--speed", str(speed)]
        self.speaker: ProgramSpeaker = over_programs(player, recordings=folder, stand_in=stand_in)

    def heard(self) -> list[float]:
        """The length of each sound that was played."""
        if not self.heard_file.exists():
            return []
        lines = self.heard_file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["seconds"] for line in lines]

    def entered(self, *prompts_read: Prompt, seconds: float = 0.5) -> "Room":
        """Recordings of these prompts, entered with their present words."""
        for each in prompts_read:
            record(self.folder, f"{each.language}/{each.id}", tone(seconds))
        Recordings(self.folder).enter()
        return self


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A speaker without recordings and without a stand-in."""
    return Room(tmp_path)


def test_recordings_are_played_in_order(room: Room) -> None:
    """Two recorded prompts are two sounds, one after the other."""
    room.entered(TITLE, LEFT)

    assert room.speaker.voice_for(TITLE) is Voice.RECORDED
    assert room.speaker.say([TITLE, LEFT], loudness=1.0, wanted=always) == Said(
        (Voice.RECORDED,) * 2
    )
    assert room.heard() == [0.5, 0.5]


def test_what_nobody_speaks_is_passed_over(room: Room) -> None:
    """Without a recording and a stand-in there is silence, and that is said."""
    assert room.speaker.voice_for(TITLE) is Voice.NONE
    assert room.speaker.say([TITLE], loudness=1.0, wanted=always) == Said((Voice.NONE,))
    assert room.heard() == []


def test_a_stale_recording_is_not_played(room: Room) -> None:
    """When the words on the screen have changed, nobody hears the old ones."""
    room.entered(TITLE)
    manifest = room.folder / MANIFEST
    manifest.write_text(manifest.read_text().replace(TITLE.digest, LEFT.digest))

    assert room.speaker.voice_for(TITLE) is Voice.NONE
    assert room.speaker.say([TITLE], loudness=1.0, wanted=always) == Said((Voice.NONE,))


def test_loudness_is_obeyed(room: Room) -> None:
    """Half as loud at night is half the effective value."""
    loud, quiet = read_wave(tone().to_wave(1.0)), read_wave(tone().to_wave(0.5))

    assert quiet.rms == pytest.approx(loud.rms / 2, rel=0.01)


def test_silence_comes_at_once(tmp_path: Path) -> None:
    """`hush` ends a sound in its middle and all that was to follow."""
    room = Room(tmp_path, speed=0.1).entered(TITLE, LEFT, seconds=2.0)
    outcomes: list[object] = []
    saying = threading.Thread(
        target=lambda: outcomes.append(room.speaker.say([TITLE, LEFT], loudness=1.0, wanted=always))
    )
    saying.start()
    until = time.monotonic() + 10
    while not room.heard() and time.monotonic() < until:
        time.sleep(0.01)
    room.speaker.hush()
    saying.join(5)

    assert outcomes == [Hushed()]
    assert room.heard() == [2.0]


def test_what_is_wanted_no_more_does_not_begin(room: Room) -> None:
    """Silence that was asked for between two sounds, or before the first, holds."""
    room.entered(TITLE, LEFT)
    wanted = iter([True, False])
    outcome = room.speaker.say([TITLE, LEFT], loudness=1.0, wanted=lambda: next(wanted))

    assert outcome == Hushed()
    assert room.heard() == [0.5]


def test_hushing_silence_is_harmless(room: Room) -> None:
    """Nothing is being said, nothing is stopped, and the next prompt is heard."""
    room.entered(TITLE)
    room.speaker.hush()

    assert room.speaker.say([TITLE], loudness=1.0, wanted=always) == Said((Voice.RECORDED,))


def test_a_machine_without_a_player_has_no_speaker(tmp_path: Path) -> None:
    """A missing program is an absent device and an outcome, not an exception."""
    speaker = over_programs([NO_VOICE], recordings=Room(tmp_path).entered(TITLE).folder)

    assert speaker.status().troubles == (Trouble.OFFLINE,)
    assert speaker.say([TITLE], loudness=1.0, wanted=always) == SpeakerTrouble(
        Trouble.HARDWARE, "player"
    )


def test_a_player_that_fails_is_told_and_recovers(tmp_path: Path) -> None:
    """A sound card that is gone makes the speaker faulty until a sound is heard again."""
    room = Room(tmp_path).entered(TITLE)
    flag = tmp_path / "broken"
    flag.touch()
    broken = f'test -e "{flag}" && exit 1; exec cat > /dev/null'
    speaker = over_programs(["sh", "-c", broken], recordings=tmp_path)

    assert isinstance(speaker.say([TITLE], loudness=1.0, wanted=always), SpeakerTrouble)
    assert speaker.status().condition is Condition.FAULT

    flag.unlink()
    speaker.say([TITLE], loudness=1.0, wanted=always)

    assert speaker.status().condition is Condition.READY
    assert room.heard() == []


def test_the_technician_sees_what_is_recorded(room: Room) -> None:
    """The status counts recordings by language and says whether there is a stand-in."""
    room.entered(TITLE, LEFT)
    details = room.speaker.status().details

    assert details["recorded"] == {"zh": 0, "en": 0, "ug": 2, "ky": 0}
    assert details["stand_in"] == ""


def test_every_recording_has_a_state(room: Room) -> None:
    """Ready, missing, stale, broken: each is told, with what is broken."""
    record(room.folder, "ug/card-title")
    record(room.folder, "ug/take-card")
    Recordings(room.folder).enter()
    record(room.folder, "ug/take-card", tone(height=0.0))
    manifest = room.folder / MANIFEST
    found = json.loads(manifest.read_text())
    found["recordings"] += [
        {"id": "card-left", "lang": "ug", "file": "ug/card-title.wav", "text_sha256": "0" * 64},
        {"id": "take-all", "lang": "ug", "file": "/etc/hostname", "text_sha256": "0" * 64},
        "no entry",
    ]
    manifest.write_text(json.dumps(found))
    states = {
        each.prompt.id: (each.state, each.fault)
        for each in Recordings(room.folder).review()
        if each.prompt.language is Language.UG
    }

    assert states["card-title"] == (RecordingState.READY, "")
    assert states["take-card"] == (RecordingState.BROKEN, "silence")
    assert states["card-left"] == (RecordingState.STALE, "")
    assert states["take-all"] == (RecordingState.MISSING, "")


@pytest.mark.parametrize("manifest", ["", "[]", '{"recordings": 1}', '{"recordings": [1]}'])
def test_a_damaged_manifest_has_no_entries(tmp_path: Path, manifest: str) -> None:
    """Whatever stands in the file, the terminal speaks on with its stand-in."""
    (tmp_path / MANIFEST).write_text(manifest)

    assert Recordings(tmp_path).counted()["zh"] == 0


def test_the_list_is_for_whoever_reads_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each sentence: language, id, text."""
    assert main(["prompts", "--list", "--lang", "ug"]) == 0
    assert f"ug\t{TITLE.id}\t{TITLE.text}\n" in capsys.readouterr().out


def test_the_check_names_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 with the missing ids, 0 when everything is recorded, 2 without a folder."""
    folder = ["--folder", str(tmp_path)]
    assert main(["prompts", "--check", "--lang", "ky", *folder]) == 1
    assert "ky\tcard-title\tmissing" in capsys.readouterr().out

    for known in prompts()[Language.KY].values():
        record(tmp_path, f"ky/{known.id}")
    assert main(["prompts", "--enter", *folder]) == 0
    assert main(["prompts", "--check", "--lang", "ky", *folder]) == 0
    assert main(["prompts", "--check"]) == 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "no WAVE"),
        (b"RIFF\x00\x00\x00\x00WAVE", "format"),
        (tone().to_wave().replace(b"\x10\x00data", b"\x08\x00data"), "16-bit"),
        (Sound(4_000, tone().samples).to_wave(), "rate"),
        (tone(0.0).to_wave(), "empty"),
    ],
)
def test_what_is_no_sound_is_refused(content: bytes, fault: str) -> None:
    """Every other file is refused with the reason."""
    with pytest.raises(NotSound, match=fault):
        read_wave(content)


def test_two_channels_become_one() -> None:
    """A recording of two channels is mixed into one."""
    one = tone(0.1)
    both = b"".join(struct_of(sample) * 2 for sample in one.samples)
    head = bytearray(one.to_wave()[:44])
    head[22] = 2

    assert (
        read_wave(bytes(head) + both).samples[: len(one.samples) // 2]
        == one.samples[: len(one.samples) // 2]
    )


def struct_of(sample: int) -> bytes:
    """One sample as it stands in a file."""
    return sample.to_bytes(2, "little", signed=True)

"""
The loudspeaker (语音播报) behind programs of the machine: recordings first, then a stand-in voice.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from devices.contracts.speaker import Hushed, Said, SpeakerTrouble, SpeechOutcome, Voice
from devices.contracts.states import Detail, DeviceStatus, Trouble
from devices.drivers.espeak_voice import EspeakVoice
from devices.drivers.recordings import Recordings
from devices.drivers.sound_player import Played, SoundPlayer
from devices.prompts import Language, Prompt, prompts
from devices.protocols.wave_sound import Sound


def over_programs(
    player: Sequence[str], *, recordings: Path | None = None, stand_in: str = ""
) -> "ProgramSpeaker":
    """Return the speaker that plays through *player*; *stand_in* names espeak-ng, or nothing."""
    voice = EspeakVoice(stand_in) if stand_in else None
    return ProgramSpeaker(SoundPlayer(player), Recordings(recordings), voice)


class ProgramSpeaker:
    """A `Speaker`."""

    def __init__(
        self, player: SoundPlayer, recordings: Recordings, stand_in: EspeakVoice | None
    ) -> None:
        self._player = player
        self._recordings = recordings
        self._stand_in = stand_in
        self._failed = False

    def status(self) -> DeviceStatus:
        """Absent without its player; faulty after a sound that could not be played."""
        total = len(prompts()[Language.ZH])
        details: dict[str, Detail] = {
            "recorded": self._recordings.counted(),
            "prompts": total,
            "stand_in": self._stand_in.name if self._stand_in and self._stand_in.there else "",
        }
        if not self._player.there:
            return DeviceStatus.of([Trouble.OFFLINE], details)
        return DeviceStatus.of([Trouble.HARDWARE] if self._failed else [], details)

    def voice_for(self, prompt: Prompt) -> Voice:
        """A recording, the stand-in, or nobody."""
        if self._recordings.holds(prompt):
            return Voice.RECORDED
        there = self._stand_in is not None and self._stand_in.there
        return Voice.STAND_IN if there else Voice.NONE

    def say(
        self, prompts: Sequence[Prompt], *, loudness: float, wanted: Callable[[], bool]
    ) -> SpeechOutcome:
        """Say one prompt after another; a hushed sound is the last."""
        voices = []
        for prompt in prompts:
            sound, voice = self._sound_of(prompt)
            voices.append(voice)
            if sound is None:
                continue
            match self._player.play(sound, loudness=loudness, wanted=wanted):
                case Played.STOPPED:
                    return Hushed()
                case Played.FAILED:
                    self._failed = True
                    return SpeakerTrouble(Trouble.HARDWARE, "player")
                case Played.WHOLE:
                    self._failed = False
        return Said(tuple(voices))

    def hush(self) -> None:
        """Silence at once."""
        self._player.stop()

    def _sound_of(self, prompt: Prompt) -> tuple[Sound | None, Voice]:
        recorded = self._recordings.sound(prompt)
        if recorded is not None:
            return recorded, Voice.RECORDED
        spoken = self._stand_in.sound(prompt) if self._stand_in is not None else None
        return spoken, Voice.NONE if spoken is None else Voice.STAND_IN

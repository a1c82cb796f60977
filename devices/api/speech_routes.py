"""
`/device/v1/speech` (朗读): the page names prompts, the host says them. `/device/v1/card`: whether
a card lies on the reader and whose turn it is.

A page names ids and never words: nothing that stands on it about a person can be said aloud.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from devices.api.answers import answer, problem
from devices.host.left_card import CardStage, LeftCard
from devices.host.speaking import MOST_AT_ONCE, Speaking
from devices.prompts import Language

_LONGEST_ID = 60


@dataclass(frozen=True)
class SpeechDesk:
    """What these routes stand on; None on a bench without voice and reader."""

    speaking: Speaking | None = None
    card: LeftCard | None = None


def offer_speech(device: Blueprint, desk: SpeechDesk) -> None:
    """Put the routes into *device*."""

    @device.post("/speech")
    def say() -> Response:
        asked = _asked(request.get_json(silent=True))
        if asked is None:
            return problem(400, "invalid", "say (ids of prompts) and lang are wanted")
        if desk.speaking is None or not desk.speaking.audible:
            return problem(409, "no_speaker", "This terminal has no loudspeaker")
        try:
            heard = desk.speaking.ask(*asked)
        except ValueError:
            return problem(400, "prompt_unknown", "One of these is no prompt")
        return answer({"speaking": True}, 202) if heard else _voiceless()

    @device.get("/speech")
    def speaking() -> Response:
        return answer({"speaking": desk.speaking is not None and desk.speaking.speaking})

    @device.delete("/speech")
    def hush() -> Response:
        if desk.speaking is not None:
            desk.speaking.hush()
        return Response(status=204)


def offer_card(device: Blueprint, desk: SpeechDesk) -> None:
    """Put the route into *device*."""

    @device.get("/card")
    def card() -> Response:
        stage = CardStage.NONE if desk.card is None else desk.card.shown
        return answer({"present": stage is not CardStage.NONE, "stage": stage.value})


def _asked(body: object) -> tuple[list[str], Language] | None:
    if not isinstance(body, dict) or set(body) != {"say", "lang"}:
        return None
    ids, language = body["say"], body["lang"]
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_AT_ONCE:
        return None
    if not all(isinstance(each, str) and 1 <= len(each) <= _LONGEST_ID for each in ids):
        return None
    return (ids, Language(language)) if language in set(Language) else None


def _voiceless() -> Response:
    return problem(409, "no_voice", "Nobody has recorded this and there is no stand-in")

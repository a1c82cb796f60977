"""
The first boot (首次开机): what a technician is asked on the screen, and the pass he works under.

Until the terminal is enrolled its screen belongs to whoever sets it up. Enrolment ends that: the
browser in which it was done keeps a pass for the trials that follow, for two hours, and everybody
else meets the terminal's pages.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

from devices.agent.identity import Identity
from devices.first_answers import FILE, as_toml
from devices.host.durable_file import write_durably
from devices.host.ports import LineDead, Refused
from devices.settings import HostSettings

PASS_FILE = "first-boot-pass.json"  # noqa: S105 - the name of a file
PASS_LASTS = timedelta(hours=2)
LEAST_PX_PER_MM, MOST_PX_PER_MM = 1.5, 8.0
LONGEST_ADDRESS = 120
CODE_CHARACTERS = 12
ADDRESS_KEYS = "abcdefghijklmnopqrstuvwxyz0123456789.-:/"
CODE_KEYS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: none of the characters that people confuse."""
_SECURE = "https://"
_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{1,4})?")

Panel = Literal["portrait", "landscape"]
Offer = Callable[[str, str, str], Identity | Refused | LineDead]
"""Origin, code and model to the identity that the server gives for them."""


class Field(StrEnum):
    """What is typed on the screen's keys."""

    ADDRESS = "address"
    CODE = "code"


class Said(StrEnum):
    """Why an answer is not taken, beside what the server may say."""

    ADDRESS_INVALID = "address_invalid"
    ADDRESS_NOT_SECURE = "address_not_secure"
    CODE_INCOMPLETE = "code_incomplete"
    LINE_DEAD = "line_dead"


@dataclass(frozen=True, slots=True)
class Answers:
    """What has been answered so far."""

    address: str = _SECURE
    code: str = ""
    px_per_mm: float = 4.03
    panel: Panel = "portrait"


@dataclass(frozen=True, slots=True)
class Admitted:
    """It is enrolled; `secret` lets this browser go on with the trials."""

    terminal: str
    secret: str


class FirstBoot:
    """One terminal's first boot; any thread may call."""

    def __init__(self, settings: HostSettings, offer: Offer, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._offer = offer
        self._now = now
        self._lock = threading.Lock()
        known = settings.server.origin if settings.server_known else _SECURE
        model = settings.model
        self._answers = Answers(known, "", model.px_per_mm, model.format)

    @property
    def answers(self) -> Answers:
        """What has been answered so far."""
        return self._answers

    def press(self, field: Field, key: str) -> None:
        """Add one character, or take one back with an empty *key*; others are not heard."""
        with self._lock:
            if field is Field.ADDRESS:
                typed = _pressed(self._answers.address, key, ADDRESS_KEYS, LONGEST_ADDRESS)
                self._answers = replace(self._answers, address=typed)
            else:
                typed = _pressed(self._answers.code, key, CODE_KEYS, CODE_CHARACTERS)
                self._answers = replace(self._answers, code=typed)

    def resize(self, change: float) -> None:
        """Make the card on the screen larger or smaller, by pixels a millimetre."""
        with self._lock:
            wished = round(self._answers.px_per_mm + change, 2)
            fitting = min(max(wished, LEAST_PX_PER_MM), MOST_PX_PER_MM)
            self._answers = replace(self._answers, px_per_mm=fitting)

    def turn(self, panel: Panel) -> None:
        """Say how the panel stands."""
        with self._lock:
            self._answers = replace(self._answers, panel=panel)

    def check_address(self) -> Said | None:
        """What is wrong with the address, if anything."""
        address = self._answers.address
        if not _ORIGIN.fullmatch(address):
            return Said.ADDRESS_INVALID
        if not self._settings.development and not address.startswith(_SECURE):
            return Said.ADDRESS_NOT_SECURE
        return None

    def enrol(self) -> Admitted | Said | str:
        """Enrol with what was answered; returns the pass, or why not (ours or the server's code).

        The answers and the pass are on disk before the server is asked: once it has said yes
        the host begins anew, and nothing may be lost then.
        """
        with self._lock:
            wrong = self.check_address()
            if wrong is None and len(self._answers.code) != CODE_CHARACTERS:
                wrong = Said.CODE_INCOMPLETE
            if wrong is not None:
                return wrong
            answers = self._answers
            secret = secrets.token_urlsafe(32)
            self._keep_answers(answers)
            self._keep_pass(secret)
            code = "-".join(re.findall("....", answers.code))
            outcome = self._offer(answers.address, code, self._settings.model.name)
            if isinstance(outcome, Identity):
                return Admitted(outcome.terminal, secret)
            self.finish()
            self._answers = replace(answers, code="")
            return outcome.code if isinstance(outcome, Refused) else Said.LINE_DEAD

    def admits(self, secret: str) -> bool:
        """Whether *secret* is the pass of this set-up, and still good."""
        try:
            kept = json.loads((self._settings.state / PASS_FILE).read_text("utf-8"))
            until = datetime.fromisoformat(kept["until"])
            digest = str(kept["digest"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return hmac.compare_digest(_digest(secret), digest) and self._now() < until

    def finish(self) -> None:
        """End the set-up: its pass is good for nothing any more."""
        (self._settings.state / PASS_FILE).unlink(missing_ok=True)

    def _keep_answers(self, answers: Answers) -> None:
        text = as_toml(
            origin=answers.address,
            model=self._settings.model.name,
            px_per_mm=answers.px_per_mm,
            panel=answers.panel,
        )
        _write(self._settings.state / FILE, text)

    def _keep_pass(self, secret: str) -> None:
        until = (self._now() + PASS_LASTS).isoformat()
        _write(
            self._settings.state / PASS_FILE,
            json.dumps({"digest": _digest(secret), "until": until}),
        )


def _pressed(typed: str, key: str, keys: str, longest: int) -> str:
    if not key:
        return typed[:-1]
    return typed + key if key in keys and len(key) == 1 and len(typed) < longest else typed


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    write_durably(path, text.encode())

"""
A hotel's guest register: looks up the code that a guest shows and writes one line (入住登记).

    python hotel_register.py https://fuwu.example.cn CLIENT_ID < codes.txt

The secret is read from VERIFIER_SECRET; each line of input is what the scanner read. A guest who
answers questions alone is asked for his name, and has two minutes to confirm on his phone.
"""

import csv
import os
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

PURPOSE = "入住登记"
FIELDS = ["holder_name"]


class Refused(Exception):
    """What the server does not do; `code` is stable, the sentence is for people."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.code = str(problem.get("code", "unknown"))
        super().__init__(f"{self.code}: {problem.get('title', '')}")


@dataclass
class Verifier:
    """The verifiers' API, version 1, for one credential."""

    origin: str
    client_id: str
    secret: str
    session: requests.Session = field(default_factory=requests.Session)
    sleep: Callable[[float], None] = time.sleep
    _token: str = ""

    def look(self, code: str) -> dict[str, Any]:
        """Look a live code or an offline one up, once."""
        door = "offline-looks" if code.startswith("ZZ1:") else "looks"
        return self._send("POST", door, {"code": code, "purpose": PURPOSE})

    def ask(self, code: str) -> dict[str, Any]:
        """Ask the holder for fields, wait for what he answers on his phone, and take it."""
        body = {"code": code, "fields": FIELDS, "purpose": PURPOSE}
        asked = self._send("POST", "questions", body)
        if asked["id"] is None:
            return {"fields": [], "reason": asked["reason"]}
        question = f"questions/{asked['id']}"
        while True:
            found = self._send("GET", question)
            if found["over"] or found["state"] != "asked":
                break
            self.sleep(1)
        if found["state"] != "confirmed" or found["over"]:
            return {"fields": [], "reason": found["state"]}
        return {**self._send("POST", f"{question}/answer", {}), "reason": None}

    def _send(self, method: str, door: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        # A request whose answer was lost is sent again under its key, and not carried out again.
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        for _ in range(3):
            if not self._token:
                self._token = self._new_token()
            headers["Authorization"] = f"Bearer {self._token}"
            answer = self.session.request(
                method, self._address(door), json=body, headers=headers, timeout=20
            )
            if answer.status_code == 401:
                self._token = ""
            elif answer.status_code == 429:
                self.sleep(float(answer.headers["Retry-After"]))
            else:
                break
        return self._read(answer)

    def _new_token(self) -> str:
        body = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.secret,
        }
        answer = self.session.post(self._address("token"), json=body, timeout=20)
        return str(self._read(answer)["access_token"])

    def _address(self, door: str) -> str:
        return f"{self.origin}/api/verifier/v1/{door}"

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        read: dict[str, Any] = answer.json()
        if not answer.ok:
            raise Refused(read)
        return read


def line_of(verifier: Verifier, code: str) -> list[str]:
    """Return one line of the register: the guest's name, or the reason why there is none."""
    found = verifier.look(code)
    if found["may_ask"]:
        found = verifier.ask(code)
    values = {each["id"]: each["value"] for each in found["fields"]}
    name = values.get("holder_name") or found.get("masked_holder") or ""
    return [found["reason"] or "registered", name]


if __name__ == "__main__":
    hotel = Verifier(sys.argv[1].rstrip("/"), sys.argv[2], os.environ["VERIFIER_SECRET"])
    register = csv.writer(sys.stdout)
    for scanned in sys.stdin:
        if scanned.strip():
            register.writerow(line_of(hotel, scanned.strip()))

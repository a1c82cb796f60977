"""
Simulated sign-in of the region (模拟新服办登录): a page of ours names unreal people to be chosen.

Everything around it is as with the real one: the state bound to the browser, the code, the return.
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode, urlsplit

from kiosk_server.gateways.records_simulated import PEOPLE
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.ports import Begun, RegionPerson, RegionRefused

CHOICE = "/m/region/simulated"


@dataclass(frozen=True)
class UnrealPerson:
    """One of the people who may be chosen; `code` is what the region would send back."""

    code: str
    name: str
    number: str
    kind: CardKind
    phone: str | None


class SimulatedRegion:
    """Plays the region at *origin*, our own."""

    simulated = True

    def __init__(self, origin: str) -> None:
        self._origin = origin

    @property
    def origin(self) -> str:
        """Our own origin: the browser never leaves it."""
        return self._origin

    @cached_property
    def people(self) -> tuple[UnrealPerson, ...]:
        """The unreal people of the product, each once."""
        kept = tomllib.loads(PEOPLE.read_text("utf-8"))["person"]
        return tuple(
            UnrealPerson(
                code=f"simulated-{at}",
                name=person["name"],
                number=person["number"],
                kind=CardKind(person.get("kind", CardKind.RESIDENT)),
                phone=person.get("phone"),
            )
            for at, person in enumerate(kept, 1)
        )

    def begin(self, *, state: str, nonce: str, verifier: str, back: str) -> Begun | RegionRefused:
        """Lead to the page of choice."""
        query = urlencode({"state": state})
        return Begun(f"{urlsplit(back)._replace(path=CHOICE, query=query).geturl()}")

    def finish(
        self, *, code: str, nonce: str, verifier: str, back: str
    ) -> RegionPerson | RegionRefused:
        """Return whoever was chosen."""
        chosen = next((person for person in self.people if person.code == code), None)
        if chosen is None:
            return RegionRefused("region_refused")
        return RegionPerson(
            subject=chosen.code,
            level=Level.CHECKED,
            name=chosen.name,
            number=chosen.number,
            kind=chosen.kind,
            phone=chosen.phone,
        )

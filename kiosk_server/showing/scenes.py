"""
Scenes of use (用证场景) as data: which certificate serves in which scene, and what it gives there.

    scenes()                      every scene, in the order in which a phone offers them
    fields_of(scene, type)        what that scene gives of that type; empty where it does not serve
    withheld_by(scene, type)      the fields that stay unseen, to be told before showing
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk_server.certificates.certificate_types import CertificateType, Field, Wording
from kiosk_server.core.errors import NotFound

_DATA = Path(__file__).parent / "data" / "scenes.toml"


@dataclass(frozen=True)
class UsageScene:
    """One scene. `fields`: type id -> ids of the fields that it gives."""

    id: str
    names: Wording
    lead: Wording
    kept_days: int
    """How long a look in it stays in the log, if the house keeps looks longer."""
    fields: Mapping[str, tuple[str, ...]]

    def takes(self, kind: CertificateType) -> bool:
        """Whether certificates of this type serve here."""
        return kind.id in self.fields


@cache
def scenes() -> Mapping[str, UsageScene]:
    """Return every scene by id."""
    kept = tomllib.loads(_DATA.read_text("utf-8"))
    return {
        each["id"]: UsageScene(
            id=each["id"],
            names=each["names"],
            lead=each["lead"],
            kept_days=each["kept_days"],
            fields={name: tuple(fields) for name, fields in each["fields"].items()},
        )
        for each in kept["scene"]
    }


def scene_named(scene_id: str) -> UsageScene:
    """Return one scene; `NotFound("scene_not_found")`."""
    found = scenes().get(scene_id)
    if found is None:
        raise NotFound("scene_not_found")
    return found


def scenes_for(kind: CertificateType) -> tuple[UsageScene, ...]:
    """Return the scenes in which certificates of this type serve."""
    return tuple(scene for scene in scenes().values() if scene.takes(kind))


def fields_of(scene: UsageScene, kind: CertificateType) -> tuple[Field, ...]:
    """Return what *scene* gives of a certificate of type *kind*, in the order of the type."""
    given = scene.fields.get(kind.id, ())
    return tuple(field for field in kind.fields if field.id in given)


def withheld_by(scene: UsageScene, kind: CertificateType) -> tuple[Field, ...]:
    """Return the fields of *kind* that nobody sees in *scene*."""
    given = scene.fields.get(kind.id, ())
    return tuple(field for field in kind.fields if field.id not in given)

"""
Types of certificates (证照类型) as data: the eleven of the policy and the proofs issued here.

A type's code (证照类型代码) is null until its authority's code is known for certain: two are.
What a type does not list as a field is dropped as a certificate of it is read (P37).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kiosk_server.certificates.metadata import Element
from kiosk_server.core.errors import NotFound

_DATA = Path(__file__).parent / "data" / "types.toml"
ISSUED_HERE = "proof"
"""The type of every proof that this product issues."""

Wording = Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """One field; `element` is its tag in the metadata, None for what only this type has."""

    id: str
    names: Wording
    element: Element | None = None


@dataclass(frozen=True)
class Department:
    """Whom to ask about a type: the body that issues it, its desk and telephone."""

    names: Wording
    phone: str
    site_id: str
    desk: Wording


@dataclass(frozen=True)
class CertificateType:
    """One type. `for_person`, `for_organisation`: whose certificates of it there can be."""

    id: str
    names: Wording
    code: str | None
    from_platform: bool
    """Whether departments hold it; the others are issued here."""
    electronic: bool
    """Whether an electronic form exists here at all yet."""
    for_person: bool
    for_organisation: bool
    answer_within_working_days: int
    """Limit of an answer to an objection (P32)."""
    department: Department
    fields: tuple[Field, ...]

    def field(self, field_id: str) -> Field | None:
        """Return the field called `field_id`."""
        return next((field for field in self.fields if field.id == field_id), None)


@cache
def certificate_types() -> Mapping[str, CertificateType]:
    """Return every type by id, in the order in which a wallet shows them."""
    kept = tomllib.loads(_DATA.read_text("utf-8"))
    shared = {
        each["id"]: Field(each["id"], each["names"], Element(each["element"]))
        for each in kept["field"]
    }
    return {each["id"]: _type(each, shared) for each in kept["type"]}


def certificate_type(type_id: str) -> CertificateType:
    """Return one type; `NotFound("certificate_type_not_found")`."""
    found = certificate_types().get(type_id)
    if found is None:
        raise NotFound("certificate_type_not_found")
    return found


def _type(kept: Mapping[str, Any], shared: Mapping[str, Field]) -> CertificateType:
    own = {each["id"]: Field(each["id"], each["names"]) for each in kept.get("own_field", ())}
    return CertificateType(
        id=kept["id"],
        names=kept["names"],
        code=kept.get("code"),
        from_platform=kept.get("from_platform", True),
        electronic=kept.get("electronic", True),
        for_person="person" in kept["holders"],
        for_organisation="organisation" in kept["holders"],
        answer_within_working_days=kept["answer_within_working_days"],
        department=Department(**kept["department"]),
        fields=tuple({**shared, **own}[name] for name in kept["fields"]),
    )

"""
A visit's form carried to the phone and back (转到手机继续).

    require_something(session, visit)             before it can be carried
    carry(session, visit, resident_id)            sealed for a day; the visit ends, and is wiped
    forms_of(session, resident_id)                -> what waits on the phone
    answer(session, resident_id, form_id, …)      the purpose, chosen on the phone
    drop(session, resident_id, form_id)
    bring_back(session, visit, form_id)           into a visit that nothing was begun in; once

Item, purpose and promise are carried and nothing that was read from a card: whoever comes back
agrees to the reading again.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.visits import services
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import CarriedForm, EndReason, PhonePass, Visit

FORM_LIFE = timedelta(hours=24)
MOST_FORMS = 5
_ANSWERS = ("purpose", "promise_version")
_BACK = "came_back"


@dataclass(frozen=True)
class FormOnPhone:
    """A form as the phone shows it; `purpose` is a code of the item's, None until one is chosen."""

    id: str
    item_code: str
    content: ItemContent
    purpose: str | None
    promised: bool
    carried_at: datetime
    expires_at: datetime


def require_something(session: Session, visit: Visit) -> None:
    """Go on if a service was chosen in *visit*; `Refused("nothing_to_carry")` otherwise."""
    if visit.item_version_id is None or visit.expected_resident_id is not None:
        raise Refused("nothing_to_carry")


def carry(session: Session, visit: Visit, resident_id: str) -> None:
    """Seal the form for this person's phones, and end the visit: nothing of it stays here."""
    require_something(session, visit)
    kept, now, row = draft_of(session, visit), clock.now(), new_id()
    answers = {name: kept[name] for name in _ANSWERS if name in kept}
    standing = _standing(session, resident_id)
    for surplus in standing[MOST_FORMS - 1 :]:
        _delete(session, surplus)
    session.add(
        CarriedForm(
            id=row,
            resident_id=resident_id,
            item_version_id=visit.item_version_id,
            answers_sealed=_sealed(session, row, answers),
            carried_at=now,
            expires_at=now + FORM_LIFE,
        )
    )
    session.flush()
    subject = Subject("carried_form", row)
    note(session, AuditEvent.FORM_CARRIED, actor=resident_at(visit), subject=subject)
    services.end(session, visit, reason=EndReason.CARRIED)


def forms_of(session: Session, resident_id: str) -> list[FormOnPhone]:
    """Return the forms that wait on this person's phones, the newest first."""
    return [_view(session, form) for form in _standing(session, resident_id)]


def form_of(session: Session, resident_id: str, form_id: str) -> FormOnPhone:
    """Return one form of this person's; `NotFound("form_not_found")` for any other."""
    return _view(session, _own(session, resident_id, form_id))


def answer(
    session: Session, resident_id: str, form_id: str, *, purpose: str, promised: bool
) -> FormOnPhone:
    """Choose on the phone what the result is for; `Invalid` names what is missing."""
    form = _own(session, resident_id, form_id)
    handling = catalogue.version(session, form.item_version_id).content.handling
    faults = []
    if handling is None or purpose not in {known.code for known in handling.purposes}:
        faults.append(FieldFault("purpose", "purpose_missing"))
    if handling is not None and handling.promise is not None and not promised:
        faults.append(FieldFault("promised", "promise_missing"))
    if faults:
        raise Invalid("purpose_incomplete", fields=faults)
    promise = handling.promise.version if handling and handling.promise else None
    answers = {"purpose": purpose, **({"promise_version": promise} if promise else {})}
    form.answers_sealed = _sealed(session, form.id, answers)
    session.flush()
    return _view(session, form)


def drop(session: Session, resident_id: str, form_id: str, *, by: Actor) -> None:
    """Throw a form away."""
    form = _own(session, resident_id, form_id)
    note(session, AuditEvent.FORM_DROPPED, actor=by, subject=Subject("carried_form", form.id))
    _delete(session, form)


def bring_back(session: Session, visit: Visit, form_id: str) -> bool:
    """
    Put a form back into *visit* and delete it; False where it is gone or the item has changed.

    A visit in which something was begun keeps what it has, and the form stays on the phone.
    """
    form = session.get(CarriedForm, form_id, with_for_update=True)
    if form is None or form.resident_id != visit.resident_id or form.expires_at <= clock.now():
        return False
    if visit.item_version_id is not None or visit.expected_resident_id is not None:
        return False
    carried = catalogue.version(session, form.item_version_id)
    try:
        item = services.choose_item(session, visit, carried.code)
    except (NotFound, Refused):
        # The item was withdrawn meanwhile: whoever came back finds the services instead.
        _delete(session, form)
        return False
    answers = _opened(session, form)
    note(
        session,
        AuditEvent.FORM_BACK,
        actor=resident_at(visit),
        subject=Subject("carried_form", form.id),
        facts={"same_version": item.version_id == form.item_version_id},
    )
    # What was promised was promised to a text: another version asks again.
    same = item.version_id == form.item_version_id
    if same:
        kept = {name: answers.get(name) for name in _ANSWERS}
        put_draft(session, visit, **kept, **{_BACK: item.code})
    _delete(session, form)
    return same


def came_back(session: Session, visit: Visit, code: str) -> bool:
    """
    Return whether the form of this very item was brought back and waits to be agreed to.

    Agreeing to it must not choose the item anew, which would forget what came back.
    """
    return draft_of(session, visit).get(_BACK) == code


def forget_forms(session: Session) -> int:
    """Delete forms that nobody came back with in their time; return how many."""
    found = session.scalars(select(CarriedForm).where(CarriedForm.expires_at <= clock.now())).all()
    for form in found:
        _delete(session, form)
    return len(found)


def _standing(session: Session, resident_id: str) -> list[CarriedForm]:
    mine = select(CarriedForm).where(
        CarriedForm.resident_id == resident_id, CarriedForm.expires_at > clock.now()
    )
    return list(session.scalars(mine.order_by(CarriedForm.id.desc())))


def _own(session: Session, resident_id: str, form_id: str) -> CarriedForm:
    form = session.get(CarriedForm, form_id)
    if form is None or form.resident_id != resident_id or form.expires_at <= clock.now():
        raise NotFound("form_not_found")
    return form


def _delete(session: Session, form: CarriedForm) -> None:
    session.execute(update(PhonePass).where(PhonePass.form_id == form.id).values(form_id=None))
    session.execute(delete(CarriedForm).where(CarriedForm.id == form.id))


def _view(session: Session, form: CarriedForm) -> FormOnPhone:
    item, answers = catalogue.version(session, form.item_version_id), _opened(session, form)
    return FormOnPhone(
        id=form.id,
        item_code=item.code,
        content=item.content,
        purpose=answers.get("purpose"),
        promised="promise_version" in answers,
        carried_at=form.carried_at,
        expires_at=form.expires_at,
    )


def _sealed(session: Session, row: str, answers: dict[str, str]) -> bytes:
    text = canonical_json(answers)
    return keyring_of(session).seal(text, table="visit_carried_form", column="answers", row=row)


def _opened(session: Session, form: CarriedForm) -> dict[str, str]:
    text = keyring_of(session).open(
        form.answers_sealed, table="visit_carried_form", column="answers", row=form.id
    )
    answers: dict[str, str] = json.loads(text)
    return answers

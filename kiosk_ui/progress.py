"""How far a visit is: what the rooms know of it, as the way wants to hear it."""

from dataclasses import replace

from sqlalchemy.orm import Session

from kiosk_server.cases import queries as cases
from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Assurance
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.printing import queries as printing
from kiosk_server.printing.models import JobState, PrintJob
from kiosk_server.visits import queries as visits
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.errand_state import Errand, errand_of, shown_for_errand
from kiosk_server.visits.ladder_rules import BY_STAFF
from kiosk_server.visits.models import Visit
from kiosk_server.visits.rules import enough, holder_known
from kiosk_ui.own_cases import is_arranged
from kiosk_ui.way import Progress, Step

_END_OF = {
    Errand.OWN_PHONES: Step.OWN_PHONES,
    Errand.WALLET: Step.WALLET,
    Errand.BOOKINGS: Step.BOOKINGS,
    Errand.CHECK_IN: Step.EXPECTED,
    Errand.RESULTS: Step.RESULTS,
}
_PRINTING = (Errand.WALLET, Errand.RESULTS)


def progress_of(session: Session, visit: Visit) -> Progress:
    """Return what *visit* has behind it."""
    paying = PAY_ORDER in draft_of(session, visit)
    return replace(_apart_from_money(session, visit), paying=paying)


def _apart_from_money(session: Session, visit: Visit) -> Progress:
    job = printing.last_of_visit(session, visit.id)
    if visit.reprint_right_id is not None:
        return Progress(
            chosen=True,
            agreed=visits.has_consent(session, visit),
            card_read=visit.resident_id == visit.expected_resident_id
            and holder_known(Assurance(visit.assurance), (BY_STAFF,)),
            printing=job is not None,
            settled=_settled(job),
        )
    if visit.item_version_id is None:
        return _of_errand(session, visit)
    case = cases.of_visit(session, visit.id)
    # What was printed before, in the same visit, is no paper of this service.
    job = job if job is not None and case is not None and job.case_id == case.id else None
    handling = catalogue.version(session, visit.item_version_id).content.handling
    purpose = draft_of(session, visit).get("purpose")
    needed = handling.assurance if handling else Assurance.NONE
    instead = handling.without_card if handling else ()
    have = Assurance(visit.assurance)
    decided = _decided(visit, case, purpose)
    return Progress(
        chosen=True,
        agreed=visits.has_consent(session, visit),
        purpose_asked=bool(handling and handling.purposes),
        purpose_given=purpose is not None,
        card_read=visit.resident_id is not None and holder_known(have, instead),
        presence_needed=needed is Assurance.CARD_AND_PRESENCE,
        presence_proven=enough(have, Assurance.CARD_AND_PRESENCE, instead),
        decided=decided,
        arranged=decided and case is not None and is_arranged(session, case),
        printing=job is not None,
        settled=_settled(job),
    )


def _of_errand(session: Session, visit: Visit) -> Progress:
    errand = errand_of(session, visit)
    if errand is None:
        return Progress()
    job = printing.last_of_visit(session, visit.id) if errand in _PRINTING else None
    return Progress(
        chosen=True,
        errand=_END_OF[errand],
        printing=job is not None,
        settled=_settled(job),
        agreed=visits.has_consent(session, visit),
        card_read=shown_for_errand(session, visit),
    )


def _decided(visit: Visit, case: Case | None, purpose: str | None) -> bool:
    return (
        case is not None
        and case.outcome is not None
        and case.item_version_id == visit.item_version_id
        and case.purpose == purpose
    )


def _settled(job: PrintJob | None) -> bool:
    if job is None:
        return False
    if job.state == JobState.PRINTED:
        return job.came_out is not None
    return job.state == JobState.NOT_PRINTED

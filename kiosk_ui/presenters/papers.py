"""Papers fetched from one's door, as their pages show them."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from kiosk_server.core.clock import to_beijing
from kiosk_server.core.masking import mask_name, mask_phone
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.named_papers import named_papers, titled_like
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.queries import Piece, lines_of
from kiosk_server.payments.life import UNPAID
from kiosk_server.places.queries import SiteView, groups_by_site, sites
from kiosk_ui.papers_plan import PapersPlan
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.view_models import (
    Language,
    PapersDoor,
    PapersSite,
    PaperTick,
    PaperTold,
    ResultTime,
    Wording,
)


def offices(session: Session, here: str) -> list[SiteView]:
    """Return the offices whose windows take papers: the one where this terminal stands first."""
    with_windows = groups_by_site(session)
    found = [each for each in sites(session) if each.id in with_windows]
    return sorted(found, key=lambda each: each.id != here)


def office_rows(found: Iterable[SiteView], here: str, language: Language) -> list[PapersSite]:
    """Return the rows of a page that asks which office."""
    return [
        PapersSite(
            each.id,
            worded(each.names, language),
            worded(each.addresses, language),
            each.id == here,
        )
        for each in found
    ]


def papers_to_tick(plan: PapersPlan, language: Language) -> tuple[PaperTick, ...]:
    """Return every paper of the table; those that were named are ticked."""
    return tuple(
        PaperTick(paper.code, worded(paper.names, language), paper.code in plan.kinds)
        for paper in named_papers().values()
    )


def originals_to_tick(plan: PapersPlan, language: Language) -> tuple[PaperTick, ...]:
    """Return the papers that were named; what is usually an original is ticked."""
    return tuple(
        PaperTick(paper.code, worded(paper.names, language), plan.is_original(paper))
        for paper in plan.papers
    )


def door_of(address: Address, postage: str, language: Language) -> PapersDoor:
    """Return one's own address with what fetching there costs; name and number masked."""
    holder = f"{mask_name(address.name)} {mask_phone(address.phone)}"
    return PapersDoor(address.id, chinese(address.street, language), holder, postage)


def papers_planned(plan: PapersPlan, language: Language) -> tuple[PaperTold, ...]:
    """Return the papers that were named, as they will be fetched."""
    return tuple(
        PaperTold(worded(paper.names, language), plan.is_original(paper)) for paper in plan.papers
    )


def papers_told(pieces: Sequence[Piece], language: Language) -> list[PaperTold]:
    """Return the pieces of a parcel, each with what became of it."""
    return [PaperTold(_named(each.title, language), each.original, each.found) for each in pieces]


def papers_state(session: Session, order: DeliveryOrder) -> str:
    """Return how papers stand, as an id behind `result-state-`."""
    state = DeliveryState(order.state)
    if state is DeliveryState.CREATED and owes_postage(session, order):
        return "papers-unpaid"
    return f"papers-{state.value}".replace("_", "-")


def owes_postage(session: Session, order: DeliveryOrder) -> bool:
    """Return whether nobody comes before postage is paid."""
    postage = postage_of(session, order)
    return postage is not None and postage.state in UNPAID


def papers_times(
    session: Session, order: DeliveryOrder, language: Language
) -> tuple[ResultTime, ...]:
    """Return what happened to papers on their way, the last thing first."""
    told = [ResultTime(to_beijing(order.opened_at), "timeline-delivery-papers-opened")]
    if order.asked_at is not None:
        told.append(ResultTime(to_beijing(order.asked_at), "timeline-delivery-asked"))
    if order.handed_over_at is not None:
        at = to_beijing(order.handed_over_at)
        told.append(ResultTime(at, "timeline-hand-out-papers-handed-over"))
    for line in lines_of(session, order.id):
        code = line.step.value.replace("_", "-") if line.step is not None else "note"
        text = chinese(line.text, language) if line.text else None
        told.append(ResultTime(to_beijing(line.at), f"timeline-delivery-{code}", text))
    return tuple(sorted(told, key=lambda each: each.at, reverse=True))


def _named(title: str, language: Language) -> Wording:
    known = titled_like(title)
    return worded(known.names, language) if known else chinese(title, language)

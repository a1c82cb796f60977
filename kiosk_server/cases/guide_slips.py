"""
A guide on a slip (办事指南): what it is, who answers for it, what to bring, where; nobody's name.

Chinese stands first (P57), then the same in the language of whoever reads it.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.cases.window_slips import hours_in_words
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.places import queries as places
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.printing.slips import guide_slip as described
from kiosk_server.visits.models import Visit

_LABELS = {
    "for_whom": "服务对象",
    "fee": "收费",
    "bring": "带什么",
    "limit": "时限",
    "outcome": "拿到什么",
    "where": "哪里能办",
    "elsewhere": "还有哪里",
}
"""What a slip says of the guide's facts, in its order."""


def guide_slip_of(session: Session, visit: Visit, code: str) -> PrintJob | None:
    """Return the slip of the guide with *code* that this visit has asked for already."""
    asked = print_queries.of_visit(session, visit.id, kind=JobKind.SLIP)
    return next((job for job in asked if job.title == _title(code)), None)


def queue_guide_slip(
    session: Session, visit: Visit, item: PublishedItem, *, own: Sequence[str]
) -> PrintJob:
    """
    Ask for the guide of *item* on paper, once in a visit; *own* are its lines in the person's
    language, nothing where that is Chinese.

    Raises `Refused("slip_not_possible")` where the receipt printer cannot print now.
    """
    before = guide_slip_of(session, visit, item.code)
    if before is not None:
        return before
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    life = item.content.life
    slip = described(
        office=places.site(session, visit.site_id).names["zh"],
        rows=_rows(session, item.content) | {"指南版本": item.short_hash},
        own=own,
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
        site=life.site if life else None,
        sample=item.content.sample,
    )
    return queue(session, visit, slip, title=_title(item.code))


def _rows(session: Session, content: ItemContent) -> dict[str, str]:
    window = places.site(session, content.window.site_id)
    rows = {"事项": content.names["zh"]}
    if content.life is not None:
        rows |= {"谁负责": content.life.answers["zh"], "电话": content.life.phone}
    rows |= {
        label: content.facts[code]["zh"] for code, label in _LABELS.items() if code in content.facts
    }
    rows |= {"窗口": f"{window.names['zh']} {content.window.desk['zh']}"}
    rows |= {"地址": window.addresses["zh"], "开门": hours_in_words(window.hours)}
    if content.life is not None:
        rows["依据"] = content.life.basis["zh"]
    return rows


def _title(code: str) -> str:
    return f"办事指南 {code}"

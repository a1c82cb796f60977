"""
What somebody who has papers fetched has said so far (材料上门取件): read from the visit's sealed
draft (P52). It stands in no address of this machine, and goes with the visit.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.deliveries.named_papers import NamedPaper, papers_named
from kiosk_server.deliveries.services import PieceWish
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

_PREFIX = "papers_"
_NAMES = ("case", "site", "kinds", "originals", "address")


@dataclass(frozen=True)
class PapersPlan:
    """The choices in their order. `originals` is None until it was asked."""

    case_id: str | None = None
    site_id: str | None = None
    kinds: tuple[str, ...] = ()
    originals: tuple[str, ...] | None = None
    address_id: str | None = None

    @property
    def papers(self) -> list[NamedPaper]:
        """The papers that were named, in the order of the table."""
        return papers_named(self.kinds)

    def is_original(self, paper: NamedPaper) -> bool:
        """Whether a paper goes as an original: as he said, and as is usual until he did."""
        return paper.original if self.originals is None else paper.code in self.originals

    @property
    def pieces(self) -> list[PieceWish]:
        """What the delivery is asked for."""
        return [PieceWish(paper.title, self.is_original(paper)) for paper in self.papers]


def papers_plan(session: Session, visit: Visit) -> PapersPlan:
    """Return what was said in *visit*."""
    kept = draft_of(session, visit)
    kinds, originals = kept.get(f"{_PREFIX}kinds"), kept.get(f"{_PREFIX}originals")
    return PapersPlan(
        case_id=kept.get(f"{_PREFIX}case"),
        site_id=kept.get(f"{_PREFIX}site"),
        kinds=tuple(kinds.split(",")) if kinds else (),
        originals=None if originals is None else tuple(filter(None, originals.split(","))),
        address_id=kept.get(f"{_PREFIX}address"),
    )


def keep_of_papers(session: Session, visit: Visit, **said: str | None) -> None:
    """Keep what was said by its name without `papers_`; None forgets one."""
    put_draft(session, visit, **{f"{_PREFIX}{name}": value for name, value in said.items()})


def begin_papers_anew(session: Session, visit: Visit, **said: str | None) -> None:
    """Forget everything but *said*: a courier was called, or it is begun again."""
    keep_of_papers(session, visit, **(dict.fromkeys(_NAMES) | said))

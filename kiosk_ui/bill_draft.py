"""
What a visit keeps while bills are paid (生活缴费): in its sealed draft, gone when it ends (P52).

The accounts that were typed stand there too: a bill is opened by its account, not by its id alone.
No address of these pages names a bill, an account or an order.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

_BILLER, _TYPED, _ACCOUNTS = "bill_biller", "bill_typed", "bill_accounts"
_FOUND, _LEFT, _ORDER, _WHY, _UNTIL = (
    "bill_found",
    "bill_left",
    "bill_order",
    "bill_why",
    "bill_until",
)


class Why(StrEnum):
    """Why there is nothing to pay."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"
    ASLEEP = "asleep"
    SILENT = "silent"
    TAKEN = "taken"
    """Somebody is paying it elsewhere."""


@dataclass(frozen=True, slots=True)
class BillDraft:
    """
    Where a visit stands with one biller.

    `typed` is the account that is being asked about; `accounts` those that were found, `found`
    their bills, `left` the bills left out. `order` is what was opened for the rest.
    """

    biller: str
    typed: str | None = None
    accounts: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    left: frozenset[str] = frozenset()
    order: str | None = None
    why: Why | None = None
    until: datetime | None = None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The bills that are to be paid, as they were found."""
        return tuple(each for each in self.found if each not in self.left)

    def asking(self, account: str) -> "BillDraft":
        """Return it with the account that is asked about next."""
        return replace(self, typed=account, why=None, until=None)

    def with_found(self, bill_ids: tuple[str, ...]) -> "BillDraft":
        """Return it with what the typed account owes beside what was found before."""
        known = (*self.accounts, *((self.typed,) if self.typed else ()))
        return replace(
            self,
            typed=None,
            accounts=tuple(dict.fromkeys(known)),
            found=tuple(dict.fromkeys((*self.found, *bill_ids))),
            why=None,
            until=None,
        )

    def without(self, why: Why, until: datetime | None = None) -> "BillDraft":
        """Return it with the reason why the typed account brought nothing."""
        return replace(self, typed=None, why=why, until=until)

    def touched(self, bill_id: str) -> "BillDraft":
        """Return it with one bill left out, or taken in again; another's changes nothing."""
        if bill_id not in self.found:
            return self
        return replace(self, left=self.left ^ {bill_id})


def bill_draft(session: Session, visit: Visit) -> BillDraft | None:
    """Return where *visit* stands with a biller, or None where none was chosen."""
    kept = draft_of(session, visit)
    if _BILLER not in kept:
        return None
    until = kept.get(_UNTIL)
    return BillDraft(
        biller=kept[_BILLER],
        typed=kept.get(_TYPED),
        accounts=_listed(kept.get(_ACCOUNTS)),
        found=_listed(kept.get(_FOUND)),
        left=frozenset(_listed(kept.get(_LEFT))),
        order=kept.get(_ORDER),
        why=Why(kept[_WHY]) if _WHY in kept else None,
        until=datetime.fromisoformat(until) if until else None,
    )


def put_bill_draft(session: Session, visit: Visit, draft: BillDraft) -> None:
    """Keep *draft* in *visit*, in the place of what stood there of bills."""
    put_draft(
        session,
        visit,
        **{
            _BILLER: draft.biller,
            _TYPED: draft.typed,
            _ACCOUNTS: ",".join(draft.accounts) or None,
            _FOUND: ",".join(draft.found) or None,
            _LEFT: ",".join(sorted(draft.left)) or None,
            _ORDER: draft.order,
            _WHY: draft.why.value if draft.why else None,
            _UNTIL: draft.until.isoformat() if draft.until else None,
        },
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()

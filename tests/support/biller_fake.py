"""
A biller in memory that keeps the truth about what is booked, and whose answers get lost on demand.

What it is asked it does, and then may lose the answer; or what it is asked arrives later.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk_server.bills.ports import (
    AnswerLost,
    AskedBooking,
    Asleep,
    Booked,
    BookingAnswer,
    Kept,
    NotKnown,
    Owed,
    OwedBill,
    Pending,
    QueryAnswer,
    ReversalAnswer,
    Reversed,
    StandingAnswer,
    TurnedDown,
    UnknownAccount,
)

HOLDER = "测*·古**"
DUE = date(2026, 11, 28)


@dataclass
class FakeBiller:
    """One biller: what is owed there, what it booked, and how it behaves."""

    simulated: bool = True
    owed: dict[str, dict[str, int]] = field(default_factory=dict)
    """Account -> its bills' numbers -> fen. Booked ones stay, as at a slow biller."""
    standing: dict[str, str] = field(default_factory=dict)
    """Payment -> booked, kept, refused, reversed or taken."""
    asked: dict[str, AskedBooking] = field(default_factory=dict)
    on_the_way: list[AskedBooking] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)
    """Verbs whose next answer is lost; `VERB down`: it is not carried out either; `VERB late`: it
    is carried out when it arrives."""
    sits: bool = False
    """It takes bookings and does nothing about them."""
    refuses: bool = False
    keeps: bool = False
    """It does not undo what it has booked."""
    asleep_until: datetime | None = None
    questions: int = 0

    def query(self, biller: str, account: str) -> QueryAnswer:
        """Say what an account owes."""
        self.questions += 1
        if self._taken("query"):
            return AnswerLost("lost")
        if self.asleep_until is not None:
            return Asleep(self.asleep_until)
        if account not in self.owed:
            return UnknownAccount()
        bills = self.owed[account].items()
        return Owed(HOLDER, tuple(OwedBill(no, no[-7:], fen, DUE) for no, fen in bills))

    def write_off(self, asked: AskedBooking) -> BookingAnswer:
        """Book a payment, once for a number."""
        if self._taken("write_off down"):
            return AnswerLost("down")
        if self._taken("write_off late"):
            self.on_the_way.append(asked)
            return AnswerLost("late")
        answer = self._write_off(asked)
        return AnswerLost("lost") if self._taken("write_off") else answer

    def arrive(self) -> None:
        """Carry out what was on the way."""
        for asked in self.on_the_way:
            self._write_off(asked)
        self.on_the_way.clear()

    def do_now(self) -> None:
        """Book what it sat upon."""
        for number, standing in self.standing.items():
            if standing == "taken":
                self.standing[number] = "booked" if self._is_owed(number) else "refused"

    def ask_write_off(self, number: str) -> StandingAnswer:
        """Say how a payment stands."""
        if self._taken("ask"):
            return AnswerLost("lost")
        return self._told(number) if number in self.standing else NotKnown()

    def reverse(self, number: str) -> ReversalAnswer:
        """Undo a payment, and keep to what was answered first."""
        if self._taken("reverse down"):
            return AnswerLost("down")
        standing = self.standing.get(number)
        if standing == "booked" and self.keeps:
            self.standing[number] = "kept"
        elif standing not in ("kept", "refused"):
            self.standing[number] = "reversed"
        if self._taken("reverse"):
            return AnswerLost("lost")
        if self.standing[number] == "kept":
            return Kept(f"F-{number}")
        return TurnedDown("no") if self.standing[number] == "refused" else Reversed()

    def has_booked(self, number: str) -> bool:
        """Whether it has the money of a payment in its book."""
        return self.standing.get(number) in ("booked", "kept")

    def _write_off(self, asked: AskedBooking) -> BookingAnswer:
        self.asked.setdefault(asked.number, asked)
        if asked.number not in self.standing:
            if self.refuses or not self._is_owed(asked.number):
                self.standing[asked.number] = "refused"
            else:
                self.standing[asked.number] = "taken" if self.sits else "booked"
        return self._told(asked.number)

    def _is_owed(self, number: str) -> bool:
        asked = self.asked[number]
        others = (no for no, each in self.asked.items() if each.bill == asked.bill and no != number)
        if any(self.has_booked(other) for other in others):
            return False
        return self.owed.get(asked.account, {}).get(asked.bill) == asked.amount_fen

    def _told(self, number: str) -> Booked | TurnedDown | Pending | Reversed:
        match self.standing[number]:
            case "booked" | "kept":
                return Booked(f"F-{number}")
            case "refused":
                return TurnedDown("not_owed")
            case "reversed":
                return Reversed()
            case _:
                return Pending()

    def _taken(self, word: str) -> bool:
        if word not in self.lose:
            return False
        self.lose.remove(word)
        return True

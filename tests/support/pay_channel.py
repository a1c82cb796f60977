"""
A channel in memory that keeps the truth about money, and whose answers get lost on demand.

What it is asked it does, and then may lose the answer, as a dead line does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kiosk_server.core import clock
from kiosk_server.payments.ports import (
    AnswerLost,
    AskedPayment,
    AskedRefund,
    Bill,
    BillAnswer,
    CloseAnswer,
    CodeGiven,
    CreateAnswer,
    Dead,
    Declined,
    Notice,
    NoticeForged,
    NoticeOfPayment,
    NotKnown,
    NotPaid,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundDone,
    RefundQueryAnswer,
)
from kiosk_server.payments.rules import Channel, Moved, Movement


@dataclass
class FakeChannel:
    """One channel: what it was asked, what was paid, what went back."""

    channel: Channel = Channel.WECHAT_PAY
    simulated: bool = True
    orders: dict[str, AskedPayment] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    paid: dict[str, Paid] = field(default_factory=dict)
    returned: dict[str, tuple[str, RefundDone]] = field(default_factory=dict)
    lose: list[str] = field(default_factory=list)
    """Verbs whose next answer is lost, `down` for one that is not even carried out."""
    declines: str | None = None

    def pay(self, number: str, *, amount_fen: int | None = None) -> Paid | None:
        """Let somebody pay by the code of *number*, if he can; return what came."""
        if number not in self.orders or number in self.closed:
            return None
        if number not in self.paid:
            amount = self.orders[number].amount_fen if amount_fen is None else amount_fen
            self.paid[number] = Paid(f"{self.channel.value}-{number}", amount, clock.now())
        return self.paid[number]

    def notice(self, number: str) -> NoticeOfPayment:
        """Return the notice of a payment."""
        return NoticeOfPayment(number, self.paid[number])

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Take an order."""
        if self._is_down("create"):
            return AnswerLost("down")
        if self.declines is not None:
            return Declined(self.declines)
        self.orders.setdefault(asked.number, asked)
        answer: CreateAnswer = CodeGiven(f"pay://{asked.number}")
        if asked.number in self.paid:
            answer = self.paid[asked.number]
        elif asked.number in self.closed:
            answer = Dead()
        return AnswerLost("lost") if self._is_lost("create") else answer

    def query(self, number: str) -> QueryAnswer:
        """Say how an order stands."""
        if self._is_down("query") or self._is_lost("query"):
            return AnswerLost("lost")
        if number in self.paid:
            return self.paid[number]
        if number in self.closed:
            return Dead()
        return NotPaid() if number in self.orders else NotKnown()

    def close(self, number: str) -> CloseAnswer:
        """Close an order that nobody has paid."""
        if self._is_down("close"):
            return AnswerLost("down")
        answer: CloseAnswer = NotKnown()
        if number in self.paid:
            answer = self.paid[number]
        elif number in self.orders:
            self.closed.add(number)
            answer = Dead()
        return AnswerLost("lost") if self._is_lost("close") else answer

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back, once for a number and never more than came."""
        if self._is_down("refund"):
            return AnswerLost("down")
        if asked.number not in self.returned:
            gone = sum(d.amount_fen for to, d in self.returned.values() if to == asked.attempt)
            came = self.paid[asked.attempt].amount_fen
            if self.declines is not None or gone + asked.amount_fen > came:
                return Declined(self.declines or "NOT_ENOUGH")
            done = RefundDone(f"back-{asked.number}", asked.amount_fen, clock.now())
            self.returned[asked.number] = (asked.attempt, done)
        if self._is_lost("refund"):
            return AnswerLost("lost")
        return self.returned[asked.number][1]

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Say what became of a refund."""
        if self._is_down("query_refund"):
            return AnswerLost("down")
        return self.returned[number][1] if number in self.returned else NotKnown()

    def bill(self, day: date) -> BillAnswer:
        """Return the day's bill."""
        lines = [
            Moved(Movement.RECEIVED, number, paid.amount_fen)
            for number, paid in self.paid.items()
            if clock.to_beijing(paid.at).date() == day
        ]
        lines += [
            Moved(Movement.RETURNED, number, done.amount_fen)
            for number, (_, done) in self.returned.items()
            if clock.to_beijing(done.at).date() == day
        ]
        return Bill(tuple(lines))

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Believe no notice: tests hand theirs in read."""
        return NoticeForged("no_signature")

    def _is_down(self, verb: str) -> bool:
        return self._taken(f"{verb} down")

    def _is_lost(self, verb: str) -> bool:
        return self._taken(verb)

    def _taken(self, word: str) -> bool:
        if word not in self.lose:
            return False
        self.lose.remove(word)
        return True

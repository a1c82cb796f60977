"""
A treasury that only plays one (模拟财政票据): its bills say so in their code, and lead nowhere.

What it answers follows from the number alone, so that it remembers everything and keeps nothing.
"""

from kiosk_server.core import clock
from kiosk_server.core.identifiers import digest
from kiosk_server.fiscal.ports import AskAnswer, AskedBill, AskedRed, Issued, NotIssued

CODE = "00000000"
"""票据代码 of no treasury."""


class SimulatedTreasury:
    """Issues everything; absent in production."""

    simulated = True

    def issue(self, asked: AskedBill) -> Issued:
        """Issue a bill that is worth nothing."""
        return _bill(asked.number, asked.amount_fen)

    def red(self, asked: AskedRed) -> Issued:
        """Take back what was worth nothing."""
        return _bill(asked.number, asked.amount_fen)

    def ask(self, number: str) -> AskAnswer:
        """Say that there is none: asked for again, it is the same one."""
        return NotIssued()


def _bill(number: str, amount_fen: int) -> Issued:
    known = digest(number)
    digits = f"{int(known[:12], 16) % 10_000_000:07}"
    return Issued(CODE, f"SIM{digits}", known[:6], None, amount_fen, clock.now())

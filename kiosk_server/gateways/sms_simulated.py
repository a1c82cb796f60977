"""
Simulated short messages (模拟短信): kept in a table instead of being sent, for development.

`code_sent(session, code_id)` is what a page of the simulation shows beside its keypad.
"""

import json
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json, keyring_of
from kiosk_server.gateways.models import SimulatedMessage
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage

KEPT_FOR = timedelta(hours=1)


class SimulatedPhones:
    """Keeps what it is given; a message handed over twice is kept once."""

    simulated = True

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, message: PhoneMessage) -> MessageOutcome:
        """Keep *message*, sealed."""
        kept = {
            "phone": message.phone,
            "template": message.template,
            "values": message.values,
            "voice": message.voice,
        }
        with self._database.unit_of_work() as session:
            if session.get(SimulatedMessage, message.id) is None:
                sealed = keyring_of(session).seal(
                    canonical_json(kept),
                    table="simulated_message",
                    column="message",
                    row=message.id,
                )
                session.add(SimulatedMessage(id=message.id, message_sealed=sealed, at=clock.now()))
        return MessageOutcome.SENT


def code_sent(session: Session, code_id: str) -> str | None:
    """Return the one-time code that was "sent" under *code_id*, if it was."""
    found = session.get(SimulatedMessage, code_id)
    if found is None:
        return None
    opened = keyring_of(session).open(
        found.message_sealed, table="simulated_message", column="message", row=code_id
    )
    code: str = json.loads(opened)["values"]["code"]
    return code


def forget_old(session: Session) -> None:
    """Delete what was kept for more than an hour."""
    session.execute(delete(SimulatedMessage).where(SimulatedMessage.at < clock.now() - KEPT_FOR))

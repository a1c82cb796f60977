"""A worker process to be killed: takes one message, says so, and never ends."""

import sys
from datetime import timedelta
from threading import Event

from kiosk_server.core.cryptography import Keyring
from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.leases import Letter


def hold(_: None, letter: Letter) -> None:
    """Say which letter is in hand, and wait for the end."""
    print(letter.id, flush=True)
    Event().wait()


if __name__ == "__main__":
    keyring = Keyring(sealing_keys={"k1": bytes(32)}, index_key=bytes(32))
    database = Database.at(sys.argv[1], keyring)
    Dispatcher(database, {"letter": hold}, None, lease=timedelta(hours=1)).work_one()

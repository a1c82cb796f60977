"""A watch to be killed: looks at one moment, and dies just before its *n*-th commit."""

import os
import signal
import sys
from datetime import datetime

from sqlalchemy import Connection, event

from kiosk_server.core import clock
from kiosk_server.core.cryptography import Keyring
from kiosk_server.core.database import Database
from kiosk_server.upkeep.evaluator import watch

if __name__ == "__main__":
    url, moment, fatal = sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])
    keyring = Keyring(sealing_keys={"k1": bytes(32)}, index_key=bytes(32))
    database = Database.at(url, keyring)
    commits = 0

    def die(connection: Connection) -> None:
        """Count the commits of what was written; the last one is never made."""
        global commits  # noqa: PLW0603 - one process, one count
        if not connection.get_execution_options().get("postgresql_readonly"):
            commits += 1
            if commits == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "commit", die)
    with clock.frozen(moment):
        watch(database)

"""A worker that is killed in the middle of its watch leaves nothing half done."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.upkeep.calling import CALL_ASKED
from tests.support.ailing import Ailing

ROOT = Path(__file__).resolve().parents[3]


def killed_at(town: Ailing, url: str, commit: int) -> bool:
    """Watch in a process of its own that dies before this commit; return whether it came to it."""
    victim = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.support.watch_victim",
            url,
            town.now.isoformat(),
            str(commit),
        ],
        cwd=ROOT,
        check=False,
        timeout=120,
    )
    assert victim.returncode in (0, -signal.SIGKILL)
    return victim.returncode != 0


def test_a_watch_killed_before_any_commit_is_gone_on_with(town: Ailing, database_url: str) -> None:
    """Killed at each step in turn: two alerts, one group, one call, one message in the end."""
    town.open(centre=2)
    person = town.on_call("weihu")
    town.dead = True
    town.silent.update(town.troubles)
    town.wait(100)
    # Review of the one terminal, of the other, their group; a minute later, the call.
    assert [killed_at(town, database_url, commit) for commit in (1, 2, 2)] == [True] * 3
    assert len(town.alerts()) == 2
    town.now += timedelta(minutes=1)
    assert killed_at(town, database_url, 2)
    assert town.calls() == []
    for _ in range(2):
        town.looks()
    assert [call.staff_id for call in town.calls()] == [person]
    assert [alert.closed_at for alert in town.alerts()] == [None, None]
    with town.database.reading() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.topic == CALL_ASKED)
        assert len(session.scalars(wanted).all()) == 1

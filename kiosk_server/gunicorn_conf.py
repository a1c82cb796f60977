"""
How gunicorn runs the server: `gunicorn --config kiosk_server/gunicorn_conf.py wsgi:app`.

Two processes of four threads unless GUNICORN_CMD_ARGS says otherwise; a reverse proxy in front
speaks TLS.
"""

import os
import shutil
import sys

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from kiosk_server.settings import Settings

bind = f"127.0.0.1:{os.environ.get('KIOSK_PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20
keepalive = 15
# One import serves both processes, and they share its memory.
preload_app = True
# Whoever writes gives the interpreter away with each statement, and holds the database's lock while
# he waits for it: with turns of 5 ms, Python's own, half as many heartbeats were served.
TURN_SECONDS = 0.0005
# A request line holds at most a code and a signature's names; more is an attack.
limit_request_line = 4094

_metrics = Settings.from_environment(os.environ).instance / "metrics"
# prometheus_client looks for this when it is first imported: nothing above may import it.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)


def on_starting(server: Arbiter) -> None:
    """Forget the figures of processes that ended long ago."""
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(mode=0o700, parents=True)


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let no two processes talk over one database connection, and threads take short turns."""
    sys.setswitchinterval(TURN_SECONDS)
    if server.cfg.preload_app:
        server.app.wsgi().extensions["kiosk_database"].forget()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Take the figures of a process that ended out of those of the living."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - see above

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

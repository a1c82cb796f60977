"""From the touch on "print" to the sheet's bytes at the printer, against bare exchanges."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest.mock import patch

import requests
from sqlalchemy import create_engine
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from devices.protocols.ipp import Message
from devices.protocols.ipp_codes import Operation
from tests.bench.side_by_side import Measured
from tests.support.schema import build_schema
from tests.support.village import Village, resident, village

PRINTS = 5
EXCHANGES = 5
"""Order, wants, job, document, and the printer's own: what no way to print can do without."""
_ARRIVES_WITHIN_SECONDS = 60.0


def measure() -> Iterator[Measured]:
    """Yield the median milliseconds of a few visits, server, host and printer in one process."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        template = Path(folder) / "template.sqlite3"
        engine = create_engine(f"sqlite:///{template}")
        build_schema(engine)
        engine.dispose()
        with village(Path(folder), template) as place:
            ours = median(_start(place) for _ in range(PRINTS))
            size = max(each.stat().st_size for each in (Path(folder) / "a4").glob("*.pdf"))
    theirs = median(_bare(b"%" * size) for _ in range(PRINTS))
    yield Measured(
        "touch to the sheet at the printer",
        ours * 1000,
        theirs * 1000,
        "ms",
        f"{EXCHANGES} bare exchanges with its {size / 1000:.0f} kB carried twice",
    )


def _start(place: Village) -> float:
    person = resident(place).to_decision()
    arrived = threading.Event()
    at: list[float] = []
    answer = place.a4.answers.answer

    def timed(question: Message) -> Message:
        if not at and question.code == Operation.PRINT_JOB:
            at.append(perf_counter())
            arrived.set()
        return answer(question)

    with patch.object(place.a4.answers, "answer", timed):
        touched = perf_counter()
        person.asks_for_paper()
        assert arrived.wait(_ARRIVES_WITHIN_SECONDS), "nothing arrived at the printer"
    person.sees('value="yes"')
    person.leaves()
    place.ready()
    return at[0] - touched


def _bare(document: bytes) -> float:
    """Return the seconds of as many exchanges with a server that does nothing."""

    @Request.application
    def answer(request: Request) -> Response:
        request.get_data()
        return Response(document if request.path == "/document" else b"{}")

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    try:
        with requests.Session() as session:
            session.trust_env = False
            started = perf_counter()
            session.post(f"{origin}/order", data=b"{}", timeout=30)
            for path in ("wants", "job", "document"):
                session.get(f"{origin}/{path}", timeout=30)
            session.post(f"{origin}/printer", data=document, timeout=30)
            return perf_counter() - started
    finally:
        server.shutdown()
        server.server_close()

"""
`kill -9` of server, worker or device host between any two steps of the main job, and inside them.

Real processes and both databases. `make test` strikes each program in each gap once, three visits
long; with KIOSK_TEST_WHOLE_MATRIX=1 (`make misfortunes`) each cell is a visit of its own, on both
databases, and inside every step at several moments.
"""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk_server.audit.assembly import head_folder
from kiosk_server.audit.verify import verify
from kiosk_server.cases.models import Case
from kiosk_server.certificates.models import Certificate
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MessageState
from kiosk_server.printing.models import JobKind, PrintJob
from tests.support import postgres
from tests.support.mortal import PROGRAMS, Mortal, mortal
from tests.support.schema import build_schema
from tests.support.stubborn import Stubborn
from tests.support.warm_starts import WarmStarts

pytestmark = pytest.mark.policy("P50")

STEPS = (
    *("start", "notice", "purpose", "card", "face", "proof", "decide", "print"),
    *("sheet", "came out", "rating"),
)
WHOLE = os.environ.get("KIOSK_TEST_WHOLE_MATRIX") == "1"
ENGINES = ("sqlite", "postgresql")
MOMENTS = 5 if WHOLE else 1
LATEST_SECONDS = 0.3

Strikes = dict[str, str]
"""After which step which program is killed."""


def rotating(first: int) -> Strikes:
    """A visit with a blow in every gap; three of them strike each program in each gap."""
    return {step: PROGRAMS[(first + at) % len(PROGRAMS)] for at, step in enumerate(STEPS)}


if WHOLE:
    GAPS = [
        pytest.param(engine, {step: program}, id=f"{engine}-{program} after {step}")
        for engine in ENGINES
        for program in PROGRAMS
        for step in STEPS
    ]
    INSIDE = [
        pytest.param(engine, {step: program}, seed, id=f"{engine}-{program} in {step} {seed}")
        for engine in ENGINES
        for program in PROGRAMS
        for step in STEPS
        for seed in range(MOMENTS)
    ]
else:
    GAPS = [
        pytest.param("sqlite", rotating(0), id="sqlite-1"),
        pytest.param("postgresql", rotating(1), id="postgresql-2"),
        pytest.param("sqlite", rotating(2), id="sqlite-3"),
    ]
    INSIDE = [
        pytest.param("postgresql", rotating(2), 0, id="postgresql"),
        pytest.param("sqlite", rotating(1), 1, id="sqlite"),
    ]


@pytest.fixture(scope="module")
def product(
    warm: WarmStarts, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Callable[[str], Mortal]]:
    """The product over one engine or the other, each begun when it is first asked for."""
    with ExitStack() as stack:
        begun: dict[str, Mortal] = {}

        def over(engine: str) -> Mortal:
            if engine not in begun:
                folder = tmp_path_factory.mktemp(engine)
                if engine == "postgresql":
                    name = f"kill_nine_{os.getpid()}"
                    url = stack.enter_context(postgres.clone(name, build_schema))
                else:
                    (folder / "instance").mkdir()
                    shutil.copy(sqlite_template, folder / "instance" / "kiosk.sqlite3")
                    url = f"sqlite:///{folder / 'instance' / 'kiosk.sqlite3'}"
                begun[engine] = stack.enter_context(mortal(folder, url, warm))
            return begun[engine]

        yield over


@dataclass(frozen=True)
class Held:
    """What the server, the printer and the tray hold; two of them tell what a visit made."""

    cases: frozenset[str]
    certificates: frozenset[str]
    sheets: frozenset[str]
    slips: frozenset[str]
    documents: int

    @classmethod
    def by(cls, place: Mortal) -> "Held":
        """What there is now."""
        with place.database.reading() as session:
            jobs = session.execute(select(PrintJob.id, PrintJob.kind)).all()
            return cls(
                frozenset(session.scalars(select(Case.id))),
                frozenset(session.scalars(select(Certificate.id))),
                frozenset(job for job, kind in jobs if kind == JobKind.A4),
                frozenset(job for job, kind in jobs if kind == JobKind.SLIP),
                place.documents(),
            )


def _comes(product: Callable[[str], Mortal], engine: str) -> tuple[Mortal, Stubborn, Held]:
    place = product(engine)
    place.fresh_browser()
    place.sam.module.take()
    if "worker" not in place.lives:
        place.begin("worker")
    place.ready()
    person = Stubborn(place.screen, machine=place)  # type: ignore[arg-type] # asks as a page does
    return place, person, Held.by(place)


def _all_is_well(place: Mortal, before: Held) -> None:
    """One case, one certificate, one sheet that is not marked; nothing lost, doubled or left."""
    place.settle()
    after = Held.by(place)
    assert len(after.cases - before.cases) == 1
    assert len(after.certificates - before.certificates) == 1
    sheets = after.sheets - before.sheets
    with place.database.reading() as session:
        jobs = [session.get_one(PrintJob, each) for each in sheets]
        slips = [session.get_one(PrintJob, each) for each in after.slips - before.slips]
        (case,) = (session.get_one(Case, each) for each in after.cases - before.cases)
        undone = select(OutboxMessage.topic, OutboxMessage.state, OutboxMessage.last_error).where(
            OutboxMessage.state != MessageState.DONE
        )
        letters = session.execute(undone).all()
        checked = verify(
            session, key=place.settings.audit_key, heads=head_folder(place.settings).heads()
        )
    assert case.decided_at is not None
    # What came out a second time was asked for by the person and is marked (重打).
    assert [job.reprint for job in jobs].count(False) == 1
    assert "printed" in {job.state for job in jobs}
    assert len(slips) <= 1
    given = place.submitted()
    assert all(given.count(job.id) <= 1 for job in jobs)
    assert 1 <= after.documents - before.documents <= len(jobs)
    assert letters == []
    assert (checked.faults, checked.unsealed) == ((), 0)


@pytest.mark.parametrize(("engine", "strikes"), GAPS)
def test_killed_between_two_steps(
    product: Callable[[str], Mortal], engine: str, strikes: Strikes
) -> None:
    """Whoever goes on gets one case and one sheet, and the terminal is ready for the next."""
    place, person, before = _comes(product, engine)
    assert tuple(name for name, _ in person.steps()) == STEPS
    for name, step in person.steps():
        step()
        if name in strikes:
            place.strike(strikes[name])
    place.ready()
    _all_is_well(place, before)


@pytest.mark.parametrize(("engine", "strikes", "seed"), INSIDE)
def test_killed_inside_a_step(
    product: Callable[[str], Mortal], engine: str, strikes: Strikes, seed: int
) -> None:
    """The same at a moment that chance chose: the touch was under way, and is made again."""
    place, person, before = _comes(product, engine)
    assert strikes.keys() <= {name for name, _ in person.steps()}
    with ThreadPoolExecutor(1) as hands:
        for name, step in person.steps():
            under_way = hands.submit(step)
            if name in strikes:
                chance = random.Random(f"{seed} {strikes[name]} {name}")
                time.sleep(chance.uniform(0, LATEST_SECONDS))
                place.strike(strikes[name])
            under_way.result()
    place.ready()
    _all_is_well(place, before)

"""One village for the stories of a file: each story leaves it ready for the next; and lives that
can be ended."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.village import Village, village
from tests.support.warm_starts import WarmStarts, warm_starts


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmStarts]:
    """Server, worker and host, loaded and ready to live."""
    with warm_starts() as found:
        yield found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Village]:
    """The product, running."""
    with village(tmp_path_factory.mktemp("village"), sqlite_template) as found:
        yield found


@pytest.fixture
def place(running: Village) -> Village:
    """The village with everything in order, and nobody before it."""
    running.line.whole()
    running.fresh_browser()
    running.ready()
    return running

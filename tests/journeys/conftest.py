"""The programs of the product, loaded once for all journeys of a run."""

from collections.abc import Iterator

import pytest

from tests.support.warm_starts import WarmStarts, warm_starts


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmStarts]:
    """Server, worker, host and simulators, loaded and ready to live."""
    with warm_starts() as found:
        yield found

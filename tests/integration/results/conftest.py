"""The desk that tests of results share."""

import pytest

from tests.support.counter import Counter
from tests.support.result_desk import Desk


@pytest.fixture
def desk(counter: Counter) -> Desk:
    """A counter, on both databases, whose paper costs ten yuan."""
    return Desk(counter)

"""The worker of a fleet: the real one with the fleet's clock, looking as often by that clock."""

import sys
from unittest.mock import patch

from kiosk_server import worker
from kiosk_server.upkeep.evaluator import WATCH_EVERY_SECONDS
from tests.fleet.hurried import Hurry


def main() -> int:
    """Work until told to stop."""
    hurry = Hurry.from_environment()
    hurry.take_the_place()
    seconds = WATCH_EVERY_SECONDS / hurry.factor
    with patch.object(worker, "WATCH_EVERY_SECONDS", seconds):
        return worker.main()


if __name__ == "__main__":
    sys.exit(main())

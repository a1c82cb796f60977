"""`python -m kiosk_server.cli`: see `command_line`."""

import os
import sys

from kiosk_server.cli.command_line import main

sys.exit(main(sys.argv[1:], os.environ))

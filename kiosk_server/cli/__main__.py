"""`python -m kiosk_server.cli`: see `command_line`."""

import os
import sys

from kiosk_server.cli.command_line import main
from kiosk_server.web.logs import configure_logs

configure_logs()
sys.exit(main(sys.argv[1:], os.environ))

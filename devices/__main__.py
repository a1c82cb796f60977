"""
`python -m devices`: see `command_line`.
"""

import sys

from devices.command_line import main

sys.exit(main(sys.argv[1:]))

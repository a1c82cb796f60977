"""The server for a WSGI runner: `gunicorn wsgi:app`."""

import os

from kiosk_server.app import create_app
from kiosk_server.settings import Settings
from kiosk_server.web.logs import configure_logs

configure_logs()
app = create_app(Settings.from_environment(os.environ))

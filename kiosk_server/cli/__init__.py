"""Commands of whoever runs the server: `python -m kiosk_server.cli --help`."""

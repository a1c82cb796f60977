"""The word that lets the device host ask at once for what the server wants of it."""

from flask import Response

HEADER = "Kiosk-Wanted"


def wanted(response: Response) -> Response:
    """Mark *response*: work waits for this terminal. The host takes the mark off again."""
    response.headers[HEADER] = "1"
    return response

"""What has happened to a print job, for those who must act on it (see `kiosk_server.reactions`)."""

from enum import StrEnum


class PrintEvent(StrEnum):
    """Topics of the outbox, each with `{"job": id}`."""

    PRINTED = "print.printed"

"""
The social-security card (社会保障卡) as a plug-in of the slot: what it tells without a code.

Issuers' cards whose records lie behind a security module (PSAM) need a plug-in of their own.
"""

from devices.contracts.card_slot import ChipCard, ChipFailed, ChipFailure
from devices.drivers.chip_applications import ChipSession
from devices.protocols import social_security_files as files
from devices.protocols.apdu import (
    Command,
    Meaning,
    Response,
    read_binary,
    read_record,
    select_application,
)


class SocialSecurityCard:
    """A `ChipApplication`; its fields are those of `social_security_files.Holder`."""

    name = "social_security"

    def read(self, session: ChipSession) -> ChipCard | ChipFailed | None:
        """Read both files; None for a card that does not know the application."""
        selected = session.ask(select_application(files.APPLICATION_NAME))
        if selected.meaning is Meaning.LOCKED:
            return _refused(selected)
        if selected.meaning is not Meaning.DONE:
            return None
        contents = []
        for command in _commands():
            response = session.ask(command)
            if response.meaning is not Meaning.DONE:
                return _refused(response)
            contents.append(response.data)
        match files.decode(contents[0], contents[1:]):
            case files.Holder(fields):
                return ChipCard(self.name, fields)
            case files.FilesRefused(files.NUMBER_INVALID as at):
                return ChipFailed(ChipFailure.NUMBER_INVALID, at)
            case files.FilesRefused(at):
                return ChipFailed(ChipFailure.CARD_UNREADABLE, at)


def _commands() -> list[Command]:
    records = range(1, files.HOLDER_RECORDS + 1)
    return [
        read_binary(files.CARD_FILE, files.CARD_FILE_BYTES),
        *(read_record(files.HOLDER_FILE, number) for number in records),
    ]


def _refused(response: Response) -> ChipFailed:
    locked = response.meaning is Meaning.LOCKED
    reason = ChipFailure.CARD_LOCKED if locked else ChipFailure.CARD_UNREADABLE
    return ChipFailed(reason, f"{response.status:04x}")

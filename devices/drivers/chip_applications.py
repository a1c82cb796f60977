"""
What a plug-in for one kind of chip card must offer, and how it speaks to the card.
"""

from typing import Protocol

from devices.contracts.card_slot import ChipCard, ChipFailed
from devices.protocols.apdu import Command, Meaning, Response, rest_of_answer
from devices.transports.chip_line import ChipLine

# An answer in portions longer than this is a card that plays games.
_MOST_PORTIONS = 16


class ChipSession:
    """Puts commands to a card that is switched on; `NoChip` and `LineLost` pass through."""

    def __init__(self, line: ChipLine) -> None:
        self._line = line

    def ask(self, command: Command) -> Response:
        """Return the whole answer, fetched in portions or with the length that the card wants.

        Bytes that are no answer count as a refusal (6F00).
        """
        response = self._once(command)
        if response.meaning is Meaning.OTHER_LENGTH:
            wanted = Command(
                command.ins, command.p1, command.p2, command.data, response.count, command.cla
            )
            response = self._once(wanted)
        data = response.data
        for _ in range(_MOST_PORTIONS):
            if response.meaning is not Meaning.MORE:
                return Response(response.status, data)
            response = self._once(rest_of_answer(response.count))
            data += response.data
        return Response(0x6F00)

    def _once(self, command: Command) -> Response:
        return Response.decode(self._line.transmit(command.encode())) or Response(0x6F00)


class ChipApplication(Protocol):
    """Reads one kind of card.

    A plug-in is a value in the list that a slot is given; it keeps nothing between cards.
    """

    @property
    def name(self) -> str:
        """The stable name of this kind of card."""
        ...

    def read(self, session: ChipSession) -> ChipCard | ChipFailed | None:
        """Read the card, or return None at once if it is of another kind."""
        ...

"""A simulated document printer without a wire: IPP messages from hand to hand, for questions of
which a test asks thousands."""

from collections.abc import Iterable

from devices.drivers.ipp_printer import IppPrinter
from devices.protocols.ipp import Attribute, AttributeGroup, decode, encode
from devices.protocols.ipp_codes import Group
from devices.simulators.ipp_answers import IppAnswers
from devices.simulators.paper_path import PaperPath
from devices.transports.http import HttpAnswer, IppOverHttp

_URI = "ipp://printer.invalid/ipp/print"


class _FromHandToHand(IppOverHttp):
    def __init__(self, answers: IppAnswers) -> None:
        super().__init__(_URI)
        self._answers = answers
        self.questions = 0

    def post(self, parts: Iterable[bytes]) -> HttpAnswer:
        self.questions += 1
        return HttpAnswer(200, encode(self._answers.answer(decode(b"".join(parts)))))


class IppBench:
    """A printer whose paper stands still, and its driver."""

    def __init__(self) -> None:
        self.paper = PaperPath()
        self.answers = IppAnswers(self.paper, _URI)
        self._line = _FromHandToHand(self.answers)
        self.printer = IppPrinter(self._line)

    @property
    def questions(self) -> int:
        """How often the printer was asked until now."""
        return self._line.questions


def printer_says(*attributes: Attribute) -> AttributeGroup:
    """The group of a printer that says just this."""
    return AttributeGroup(Group.PRINTER, attributes)

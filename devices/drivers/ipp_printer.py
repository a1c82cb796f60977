"""
The document printer (A4 打印机) over IPP, asked directly: no spooler stands between.
"""

from dataclasses import replace

from devices.contracts.document_printer import (
    AnswerLost,
    CancelAccepted,
    CancelOutcome,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
    NotResumed,
    ResumeOutcome,
    SearchOutcome,
    SubmitOutcome,
    Submitted,
    TooLateToCancel,
    WatchOutcome,
    WentOn,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers import ipp_facts, ipp_requests
from devices.drivers.ipp_jobs import JobList
from devices.protocols.ipp import AttributeGroup, Malformed, Message, decode, encode
from devices.protocols.ipp_codes import Group, Operation, Status
from devices.transports.http import IppOverHttp, PeerSilent
from devices.transports.line import LineLost

_FORGOTTEN = (Status.CLIENT_NOT_FOUND, Status.CLIENT_GONE)


def over_http(uri: str) -> "IppPrinter":
    """Return the printer at `ipp://` or `ipps://`; raises ValueError for another address."""
    return IppPrinter(IppOverHttp(uri))


class IppPrinter:
    """A `DocumentPrinter` at one address; keeps nothing between calls, so any thread may call."""

    def __init__(self, transport: IppOverHttp) -> None:
        self._transport = transport
        self._questions = ipp_requests.Questions(transport.uri)
        self._jobs = JobList(self._questions, self._ask)

    def status(self) -> DeviceStatus:
        """Ask for state, reasons, alerts, paper and supply levels."""
        match self._ask(self._questions.printer()):
            case Message(code=code) as answer if _went_well(code):
                printer = answer.group(Group.PRINTER)
                return DeviceStatus.of(
                    ipp_facts.printer_troubles(printer), ipp_facts.printer_details(printer)
                )
            case Message(code=code):
                return DeviceStatus.of((ipp_requests.refusal(code) or Trouble.GARBLED,))
            case NoAnswer():
                return DeviceStatus.of((Trouble.OFFLINE,))

    def submit(self, document: bytes, *, job_name: str, pages: int) -> SubmitOutcome:
        """Hand over a PDF with Print-Job; a printer that is at another job says busy."""
        question = self._questions.print_job(job_name, pages)
        try:
            answer = self._transport.post((encode(question), document))
        except LineLost as fault:
            return NotAccepted(Trouble.OFFLINE, str(fault))
        except PeerSilent as fault:
            return AnswerLost(str(fault))
        if answer.status == 503:
            return NotAccepted(Trouble.BUSY, "http_503")
        if 400 <= answer.status < 500:
            return NotAccepted(Trouble.NOT_SUPPORTED, f"http_{answer.status}")
        try:
            message = decode(answer.body)
        except Malformed as fault:
            return AnswerLost(str(fault))
        return _submitted(message)

    def watch(self, ref: str) -> WatchOutcome:
        """Ask for the job's own state, and what holds the printer up while it is not finished."""
        answer = self._ask(self._questions.job(int(ref)))
        if isinstance(answer, NoAnswer):
            return answer
        if answer.code in _FORGOTTEN:
            return NoSuchJob()
        report = ipp_facts.job_report(answer.group(Group.JOB))
        if not _went_well(answer.code) or report is None:
            return NoAnswer(f"ipp_{answer.code:04x}")
        if report.ended:
            return report
        # The printer's own troubles first: they are the nearer cause.
        troubles = dict.fromkeys((*self.status().troubles, *report.troubles))
        return replace(report, troubles=tuple(troubles))

    def find_by_name(self, job_name: str) -> SearchOutcome:
        """Search all jobs that the printer still knows."""
        match self._jobs.find(job_name):
            case NoAnswer() as nothing:
                return nothing
            case None:
                return NoSuchJob()
            case number:
                return Submitted(str(number))

    def cancel(self, ref: str) -> CancelOutcome:
        """Ask for the job's end; many printers finish the page in hand first."""
        match self._ask(self._questions.cancel(int(ref))):
            case NoAnswer() as nothing:
                return nothing
            case Message(code=code) if _went_well(code):
                return CancelAccepted()
            case Message(code=code) if code in _FORGOTTEN:
                return NoSuchJob()
            case Message(code=Status.CLIENT_NOT_POSSIBLE):
                return TooLateToCancel()
            case Message(code=code):
                return NoAnswer(f"ipp_{code:04x}")

    def resume(self) -> ResumeOutcome:
        """Resume-Printer where it is paused, then Release-Job and Resume-Job for what waits."""
        match self._ask(self._questions.printer()):
            case Message(code=code) as answer if _went_well(code):
                printer = answer.group(Group.PRINTER)
            case Message(code=code):
                return NoAnswer(f"ipp_{code:04x}")
            case NoAnswer() as nothing:
                return nothing
        held = self._jobs.held_back()
        if isinstance(held, NoAnswer):
            return held
        words = [(operation, self._questions.of_job(operation, job)) for operation, job in held]
        if Trouble.PAUSED in ipp_facts.printer_troubles(printer):
            words.insert(0, (Operation.RESUME_PRINTER, self._questions.resume_printer()))
        return self._say_each(words, printer)

    def _say_each(
        self, words: list[tuple[Operation, Message]], printer: AttributeGroup
    ) -> ResumeOutcome:
        refused = ""
        for operation, question in words:
            if operation not in printer.integers("operations-supported"):
                refused = refused or operation.name.lower()
                continue
            answer = self._ask(question)
            if isinstance(answer, NoAnswer):
                return answer
            if not _went_well(answer.code):
                refused = refused or f"ipp_{answer.code:04x}"
        return NotResumed(refused) if refused else WentOn()

    def _ask(self, question: Message) -> Message | NoAnswer:
        try:
            answer = self._transport.post((encode(question),))
            return decode(answer.body)
        except (LineLost, PeerSilent, Malformed) as fault:
            return NoAnswer(str(fault))


def _submitted(answer: Message) -> SubmitOutcome:
    if _went_well(answer.code):
        number = answer.group(Group.JOB).integer("job-id")
        return AnswerLost("no_job_id") if number is None else Submitted(str(number))
    detail = f"ipp_{answer.code:04x}"
    trouble = ipp_requests.refusal(answer.code)
    return AnswerLost(detail) if trouble is None else NotAccepted(trouble, detail)


def _went_well(code: int) -> bool:
    return code < 0x0100

"""
The document printer (A4 打印机) over IPP, asked directly: no spooler stands between.
"""

from devices.contracts.document_printer import (
    AnswerLost,
    CancelAccepted,
    CancelOutcome,
    JobReport,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
    SearchOutcome,
    SubmitOutcome,
    Submitted,
    TooLateToCancel,
    WatchOutcome,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers import ipp_requests
from devices.protocols.ipp import Malformed, Message, decode, encode
from devices.protocols.ipp_codes import Group, Status
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

    def status(self) -> DeviceStatus:
        """Ask for state, reasons, loaded media and supply levels."""
        match self._ask(self._questions.printer()):
            case Message(code=code) as answer if _went_well(code):
                printer = answer.group(Group.PRINTER)
                return DeviceStatus.of(
                    ipp_requests.printer_troubles(printer), ipp_requests.printer_details(printer)
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
        job = answer.group(Group.JOB)
        state = ipp_requests.job_state(job)
        if not _went_well(answer.code) or state is None:
            return NoAnswer(f"ipp_{answer.code:04x}")
        pages = max(0, job.integer("job-impressions-completed") or 0)
        report = JobReport(state, pages)
        return report if report.ended else JobReport(state, pages, self.status().troubles)

    def find_by_name(self, job_name: str) -> SearchOutcome:
        """Search the jobs that the printer still knows, waiting ones first."""
        for which in ("not-completed", "completed"):
            answer = self._ask(self._questions.jobs(which))
            if isinstance(answer, NoAnswer):
                return answer
            if not _went_well(answer.code):
                return NoAnswer(f"ipp_{answer.code:04x}")
            for job in answer.all_of(Group.JOB):
                number = job.integer("job-id")
                if job.word("job-name") == job_name and number is not None:
                    return Submitted(str(number))
        return NoSuchJob()

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

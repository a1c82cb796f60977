"""
What a simulated document printer answers to each IPP operation.
"""

from collections.abc import Callable, Mapping

from devices.protocols.ipp import Attribute, AttributeGroup, Message, attribute
from devices.protocols.ipp_codes import Group, IppJobState, Operation, Status, Tag
from devices.simulators.paper_path import Job, PaperPath

_PDF = "application/pdf"
_REASONS: Mapping[IppJobState, str] = {
    IppJobState.PENDING: "none",
    IppJobState.PROCESSING: "job-printing",
    IppJobState.PROCESSING_STOPPED: "printer-stopped",
    IppJobState.CANCELED: "job-canceled-by-user",
    IppJobState.ABORTED: "aborted-by-system",
    IppJobState.COMPLETED: "job-completed-successfully",
}


class IppAnswers:
    """Answers messages on behalf of one paper path; `busy` refuses jobs while it is set."""

    def __init__(self, path: PaperPath, uri: str) -> None:
        self._path = path
        self._uri = uri
        self.busy = False
        self._operations: Mapping[int, Callable[[AttributeGroup, Message], Message]] = {
            Operation.PRINT_JOB: self._print_job,
            Operation.VALIDATE_JOB: self._validate_job,
            Operation.CANCEL_JOB: self._cancel_job,
            Operation.GET_JOB_ATTRIBUTES: self._get_job,
            Operation.GET_JOBS: self._get_jobs,
            Operation.GET_PRINTER_ATTRIBUTES: self._get_printer,
        }

    def answer(self, question: Message) -> Message:
        """Return the answer to a request."""
        operation = self._operations.get(question.code)
        if operation is None:
            return _reply(question, Status.SERVER_OPERATION_NOT_SUPPORTED)
        return operation(question.group(Group.OPERATION), question)

    def _print_job(self, asked: AttributeGroup, question: Message) -> Message:
        refused = self._refusal(asked)
        if refused is None and not question.document.startswith(b"%PDF-"):
            refused = Status.CLIENT_DOCUMENT_FORMAT_NOT_SUPPORTED
        if refused is not None:
            return _reply(question, refused)
        job = self._path.accept(asked.word("job-name"), question.document)
        return _reply(question, Status.OK, self._job_group(job))

    def _validate_job(self, asked: AttributeGroup, question: Message) -> Message:
        return _reply(question, self._refusal(asked) or Status.OK)

    def _refusal(self, asked: AttributeGroup) -> Status | None:
        if self.busy:
            return Status.SERVER_BUSY
        if asked.word("document-format") not in ("", _PDF, "application/octet-stream"):
            return Status.CLIENT_ATTRIBUTES_NOT_SUPPORTED
        return None

    def _cancel_job(self, asked: AttributeGroup, question: Message) -> Message:
        job = self._path.job(asked.integer("job-id") or 0)
        if job is None:
            return _reply(question, Status.CLIENT_NOT_FOUND)
        done = self._path.cancel(job)
        return _reply(question, Status.OK if done else Status.CLIENT_NOT_POSSIBLE)

    def _get_job(self, asked: AttributeGroup, question: Message) -> Message:
        job = self._path.job(asked.integer("job-id") or 0)
        if job is None:
            return _reply(question, Status.CLIENT_NOT_FOUND)
        return _reply(question, Status.OK, self._job_group(job))

    def _get_jobs(self, asked: AttributeGroup, question: Message) -> Message:
        ended = asked.word("which-jobs") == "completed"
        wanted = set(asked.words("requested-attributes")) or {"job-id", "job-uri"}
        groups = [
            AttributeGroup(
                Group.JOB, tuple(a for a in self._job_group(job).attributes if a.name in wanted)
            )
            for job in self._path.jobs()
            if job.ended is ended
        ]
        return _reply(question, Status.OK, *groups)

    def _job_group(self, job: Job) -> AttributeGroup:
        attributes = (
            attribute("job-uri", Tag.URI, f"{self._uri}/{job.number}"),
            attribute("job-id", Tag.INTEGER, job.number),
            attribute("job-name", Tag.NAME, job.name),
            attribute("job-state", Tag.ENUM, int(job.state)),
            attribute("job-state-reasons", Tag.KEYWORD, _REASONS.get(job.state, "none")),
            attribute("job-impressions", Tag.INTEGER, job.pages),
            attribute("job-impressions-completed", Tag.INTEGER, job.pages_done),
        )
        return AttributeGroup(Group.JOB, attributes)

    def _get_printer(self, _asked: AttributeGroup, question: Message) -> Message:
        return _reply(question, Status.OK, AttributeGroup(Group.PRINTER, self._printer()))

    def _printer(self) -> tuple[Attribute, ...]:
        path = self._path
        return (
            attribute("printer-uri-supported", Tag.URI, self._uri),
            attribute("printer-make-and-model", Tag.TEXT, "Simulated A4 mono"),
            attribute("printer-state", Tag.ENUM, int(path.printer_state)),
            attribute("printer-state-reasons", Tag.KEYWORD, *path.reasons),
            attribute("printer-is-accepting-jobs", Tag.BOOLEAN, True),
            attribute("operations-supported", Tag.ENUM, *(int(each) for each in Operation)),
            attribute("document-format-supported", Tag.MIME_MEDIA_TYPE, _PDF),
            attribute("media-ready", Tag.KEYWORD, "iso_a4_210x297mm"),
            attribute("marker-names", Tag.NAME, "black"),
            attribute("marker-types", Tag.KEYWORD, "toner"),
            attribute("marker-levels", Tag.INTEGER, path.toner_percent),
            attribute("queued-job-count", Tag.INTEGER, sum(not j.ended for j in path.jobs())),
        )


def _reply(question: Message, status: Status, *groups: AttributeGroup) -> Message:
    opening = AttributeGroup(
        Group.OPERATION,
        (
            attribute("attributes-charset", Tag.CHARSET, "utf-8"),
            attribute("attributes-natural-language", Tag.NATURAL_LANGUAGE, "en"),
        ),
    )
    return Message(int(status), question.request_id, (opening, *groups))

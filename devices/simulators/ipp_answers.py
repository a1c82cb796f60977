"""
What a simulated document printer answers to each IPP operation.
"""

from collections.abc import Callable, Mapping

from devices.protocols.ipp import Attribute, AttributeGroup, Message, attribute
from devices.protocols.ipp_codes import Group, IppJobState, Operation, Status, Tag
from devices.simulators.paper_path import A4, Job, PaperPath

_PDF = "application/pdf"
_REASONS: Mapping[IppJobState, str] = {
    IppJobState.PENDING: "none",
    IppJobState.PENDING_HELD: "job-hold-until-specified",
    IppJobState.PROCESSING: "job-printing",
    IppJobState.PROCESSING_STOPPED: "printer-stopped",
    IppJobState.CANCELED: "job-canceled-by-user",
    IppJobState.ABORTED: "aborted-by-system",
    IppJobState.COMPLETED: "job-completed-successfully",
}


_ALERTS: Mapping[str, str] = {
    "media-empty-error": "code=inputMediaSupplyEmpty;severity=critical;group=input;groupindex=1",
    "media-empty-warning": "code=inputMediaSupplyEmpty;severity=warning;group=input;groupindex=2",
    "cover-open-error": "code=coverOpen;severity=critical;group=cover;groupindex=1",
    "media-jam-error": "code=jam;severity=critical;group=mediaPath;groupindex=1",
    "toner-empty-error": "code=markerTonerEmpty;severity=critical;group=markerSupplies",
    "output-area-full-error": "code=outputMediaTrayFull;severity=critical;group=output",
}


class IppAnswers:
    """Answers messages on behalf of one paper path; `busy` refuses jobs while it is set.

    Some real printers name no cause but by an alert, resume nothing, or cut long lists of jobs:
    `vague`, `stubborn` and `longest_list` make this one such.
    """

    def __init__(self, path: PaperPath, uri: str) -> None:
        self._path = path
        self._uri = uri
        self.busy = False
        self.vague = False
        self.stubborn = False
        self.longest_list: int | None = None
        self.goes_on = True
        """Whether a list that was cut can be asked for from another place."""
        self._operations: Mapping[int, Callable[[AttributeGroup, Message], Message]] = {
            Operation.PRINT_JOB: self._print_job,
            Operation.VALIDATE_JOB: self._validate_job,
            Operation.CANCEL_JOB: self._cancel_job,
            Operation.GET_JOB_ATTRIBUTES: self._get_job,
            Operation.GET_JOBS: self._get_jobs,
            Operation.GET_PRINTER_ATTRIBUTES: self._get_printer,
            Operation.RESUME_PRINTER: self._resume_printer,
            Operation.RELEASE_JOB: self._let_go_on,
            Operation.RESUME_JOB: self._let_go_on,
        }

    def answer(self, question: Message) -> Message:
        """Return the answer to a request."""
        operation = self._operations.get(question.code)
        if operation is None or question.code not in self._supported():
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

    def _let_go_on(self, asked: AttributeGroup, question: Message) -> Message:
        job = self._path.job(asked.integer("job-id") or 0)
        if job is None:
            return _reply(question, Status.CLIENT_NOT_FOUND)
        done = self._path.let_go_on(job)
        return _reply(question, Status.OK if done else Status.CLIENT_NOT_POSSIBLE)

    def _resume_printer(self, _asked: AttributeGroup, question: Message) -> Message:
        self._path.set(paused=False)
        return _reply(question, Status.OK)

    def _supported(self) -> frozenset[int]:
        held = {Operation.RESUME_PRINTER, Operation.RELEASE_JOB, Operation.RESUME_JOB}
        return frozenset(set(Operation) - held if self.stubborn else Operation)

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
        first = (asked.integer("first-index") or 1) - 1 if self.goes_on else 0
        most = asked.integer("limit") or len(groups)
        if self.longest_list is not None and asked.integer("limit"):
            most = min(most, self.longest_list)
        return _reply(question, Status.OK, *groups[first : first + most])

    def _job_group(self, job: Job) -> AttributeGroup:
        attributes = (
            attribute("job-uri", Tag.URI, f"{self._uri}/{job.number}"),
            attribute("job-id", Tag.INTEGER, job.number),
            attribute("job-name", Tag.NAME, job.name),
            attribute("job-state", Tag.ENUM, int(job.state)),
            attribute("job-state-reasons", Tag.KEYWORD, *_job_reasons(job)),
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
            attribute("printer-state-reasons", Tag.KEYWORD, *self._reasons()),
            *self._alerts(),
            attribute("printer-is-accepting-jobs", Tag.BOOLEAN, True),
            attribute("operations-supported", Tag.ENUM, *sorted(self._supported())),
            attribute("document-format-supported", Tag.MIME_MEDIA_TYPE, _PDF),
            attribute("sides-supported", Tag.KEYWORD, "one-sided", "two-sided-long-edge"),
            attribute("media-ready", Tag.KEYWORD, *self._media()),
            attribute("printer-input-tray", Tag.OCTET_STRING, *self._trays()),
            attribute("marker-names", Tag.NAME, "black"),
            attribute("marker-types", Tag.KEYWORD, "toner"),
            attribute("marker-levels", Tag.INTEGER, path.toner_percent),
            attribute("queued-job-count", Tag.INTEGER, sum(not j.ended for j in path.jobs())),
        )

    def _reasons(self) -> list[str]:
        if self.vague and self._path.obstacles:
            return ["other-error"]
        return self._path.reasons

    def _alerts(self) -> list[Attribute]:
        alerts = [_ALERTS[each].encode() for each in self._path.reasons if each in _ALERTS]
        return [attribute("printer-alert", Tag.OCTET_STRING, *alerts)] if alerts else []

    def _media(self) -> list[str]:
        second = [] if self._path.envelopes is None else ["iso_dl_110x220mm"]
        return [self._path.medium, *second]

    def _trays(self) -> list[bytes]:
        sizes = "mediafeed=29700;mediaxfeed=21000"
        if self._path.medium != A4:
            sizes = "mediafeed=27940;mediaxfeed=21590"
        trays = [f"{sizes};maxcapacity=250;level={self._path.sheets};status=0;name=Tray 1;"]
        if (count := self._path.envelopes) is not None:
            envelope = "mediafeed=22000;mediaxfeed=11000"
            trays.append(f"{envelope};maxcapacity=20;level={count};status=0;name=Bypass;")
        return [f"type=sheetFeedAutoRemovableTray;{tray}".encode() for tray in trays]


def _job_reasons(job: Job) -> list[str]:
    suspended = ["job-suspended"] if job.suspended else []
    return [*suspended, _REASONS.get(job.state, "none")]


def _reply(question: Message, status: Status, *groups: AttributeGroup) -> Message:
    opening = AttributeGroup(
        Group.OPERATION,
        (
            attribute("attributes-charset", Tag.CHARSET, "utf-8"),
            attribute("attributes-natural-language", Tag.NATURAL_LANGUAGE, "en"),
        ),
    )
    return Message(int(status), question.request_id, (opening, *groups))

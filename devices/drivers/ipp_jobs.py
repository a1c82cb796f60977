"""
The jobs that a printer still knows, all of them: looked through for the one of a given name, and
for those that are held back.
"""

from collections.abc import Callable, Iterator

from devices.contracts.document_printer import JobState, NoAnswer
from devices.drivers.ipp_facts import job_report
from devices.drivers.ipp_requests import Questions
from devices.protocols.ipp import AttributeGroup, Message
from devices.protocols.ipp_codes import Group, IppJobState, Operation

PORTION = 100
"""Jobs asked for at once where a printer gives its list in parts."""

_LOOK_AT = ("not-completed", "completed")
# Which of several jobs under one name speaks for them: one that may still come out, then one that
# has, then whatever became of the rest.
_RANK = {
    JobState.PROCESSING: 0,
    JobState.STOPPED: 0,
    JobState.PENDING: 0,
    JobState.COMPLETED: 1,
    JobState.CANCELED: 2,
    JobState.ABORTED: 2,
}
_UNTOLD = 3

Ask = Callable[[Message], Message | NoAnswer]


class JobList:
    """The list of one printer, read through *ask*."""

    def __init__(self, questions: Questions, ask: Ask) -> None:
        self._questions = questions
        self._ask = ask

    def find(self, job_name: str) -> int | NoAnswer | None:
        """Return the number of the job of that name, None where the printer knows none."""
        found: list[tuple[int, int]] = []
        for which in _LOOK_AT:
            jobs = self._all(which)
            if isinstance(jobs, NoAnswer):
                return jobs
            for number, job in jobs.items():
                if job.word("job-name") == job_name:
                    report = job_report(job)
                    found.append((_RANK[report.state] if report else _UNTOLD, number))
        return min(found)[1] if found else None

    def held_back(self) -> list[tuple[Operation, int]] | NoAnswer:
        """Return the jobs that wait for a word, each with the operation that is that word."""
        jobs = self._all("not-completed")
        return jobs if isinstance(jobs, NoAnswer) else list(_held_back(jobs))

    def _all(self, which: str) -> dict[int, AttributeGroup] | NoAnswer:
        """All jobs of one kind; a list that comes in parts is read to its end."""
        jobs: dict[int, AttributeGroup] = {}
        while True:
            part = self._part(self._questions.jobs(which, first=len(jobs) + 1, most=PORTION))
            if isinstance(part, NoAnswer):
                return part
            new = part.keys() - jobs.keys()
            jobs.update(part)
            if len(part) < PORTION:
                return jobs
            if not new:
                # It cuts its list and cannot go on from there: the whole is asked for.
                return self._part(self._questions.jobs(which))

    def _part(self, question: Message) -> dict[int, AttributeGroup] | NoAnswer:
        answer = self._ask(question)
        if isinstance(answer, NoAnswer):
            return answer
        if answer.code >= 0x0100:
            return NoAnswer(f"ipp_{answer.code:04x}")
        numbered = ((job.integer("job-id"), job) for job in answer.all_of(Group.JOB))
        return {number: job for number, job in numbered if number is not None}


def _held_back(jobs: dict[int, AttributeGroup]) -> Iterator[tuple[Operation, int]]:
    for number, job in jobs.items():
        if job.integer("job-state") == IppJobState.PENDING_HELD:
            yield Operation.RELEASE_JOB, number
        elif any(word.startswith("job-suspended") for word in job.words("job-state-reasons")):
            yield Operation.RESUME_JOB, number

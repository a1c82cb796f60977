"""A paper of the machine's own (测试页、报告), from its handing over to the printer's last word."""

import time
from collections.abc import Callable

from devices.contracts.document_printer import DocumentPrinter, JobReport, JobState, Submitted

PAPER_SECONDS = 90.0
"""How long a paper may take; what is still waiting then is taken back."""
_LOOK_SECONDS = 0.3


def come_out(
    printer: DocumentPrinter,
    document: bytes,
    *,
    job_name: str,
    pages: int,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> str | None:
    """Print a PDF and wait for its end; returns None once it is out, else the code of why not."""
    taken = printer.submit(document, job_name=job_name, pages=pages)
    if not isinstance(taken, Submitted):
        trouble = getattr(taken, "trouble", None)
        return trouble.value if trouble is not None else "answer_lost"
    until = clock() + PAPER_SECONDS
    while clock() < until:
        seen = printer.watch(taken.ref)
        if isinstance(seen, JobReport) and seen.ended:
            return None if seen.state is JobState.COMPLETED else "not_printed"
        pause(_LOOK_SECONDS)
    printer.cancel(taken.ref)
    return "not_printed_in_time"

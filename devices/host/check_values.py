"""What is told of a check at the machine (现场检查): tests, results, who had come in; no person."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ScreenRole(StrEnum):
    """How far the code that was typed opens the technician's pages."""

    TECHNICIAN = "technician"
    KEEPER = "keeper"


class CheckKind(StrEnum):
    """What was done; values are part of the wire."""

    SELF_TEST = "self_test"
    DAILY = "daily_check"
    PAPER_LOADED = "paper_loaded"
    ACCEPTANCE = "acceptance"
    READINESS = "readiness"
    ENTRY = "technician_entry"


class Verdict(StrEnum):
    """How one test ended; values are part of the wire."""

    PASS = "pass"  # noqa: S105 - a word of the wire
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One test of one device; `measured` is a small number in the test's own unit."""

    device: str
    test: str
    result: Verdict
    code: str | None = None
    measured: float | None = None

    def as_json(self) -> dict[str, object]:
        """The result object of the wire."""
        return {
            "device": self.device,
            "test": self.test,
            "result": self.result.value,
            "code": self.code,
            "measured": self.measured,
        }


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check. `at` is the server's time as known here; `code_window` that of the code typed,
    None where nobody had to type one."""

    id: str
    kind: CheckKind
    at: datetime
    by: ScreenRole
    code_window: int | None
    results: tuple[CheckResult, ...]


def new_check_id() -> str:
    """An id that is used once."""
    return uuid.uuid4().hex

"""The samples of the terminal wire (tests/wire/*.json) that both ends must accept."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIRE = Path(__file__).parents[1] / "wire"


@dataclass(frozen=True)
class Sample:
    """One message: the sentence that says what it shows, its body, and an answer's HTTP status."""

    says: str
    body: Any
    status: int | None = None


@dataclass(frozen=True)
class Exchange:
    """Every sampled request and answer of one endpoint of /api/terminal/v1."""

    name: str
    method: str
    path: str
    signed: bool
    requests: tuple[Sample, ...]
    answers: tuple[Sample, ...]

    def answered(self, status: int) -> tuple[Sample, ...]:
        """The sampled answers with this HTTP status."""
        return tuple(sample for sample in self.answers if sample.status == status)


def exchange(name: str) -> Exchange:
    """The exchange kept in tests/wire/<name>.json."""
    kept = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))
    return Exchange(
        name=name,
        method=kept["method"],
        path=kept["path"],
        signed=kept["signed"],
        requests=tuple(Sample(**request) for request in kept["requests"]),
        answers=tuple(Sample(**answer) for answer in kept["answers"]),
    )


def names() -> tuple[str, ...]:
    """Names of all exchanges, in order."""
    return tuple(sorted(path.stem for path in WIRE.glob("*.json")))

"""
Papers that offices ask for often (常用材料), by name: for a terminal, where nobody types one.

    named_papers()   -> by code, in the order in which they are offered; `data/papers.toml`
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "papers.toml"


@dataclass(frozen=True)
class NamedPaper:
    """One kind of paper; `original` says how it is mostly handed in."""

    code: str
    names: Mapping[str, str]
    original: bool

    @property
    def title(self) -> str:
        """What stands in the delivery, for whoever looks it through."""
        return self.names["zh"]


@cache
def named_papers() -> Mapping[str, NamedPaper]:
    """Return every paper by its code, in the order in which they are offered."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["paper"]
    return {row["code"]: NamedPaper(row["code"], row["names"], row["original"]) for row in rows}


def papers_named(codes: Iterable[str]) -> list[NamedPaper]:
    """Return the papers with *codes* in the order of the table; codes that are none are left."""
    wanted = frozenset(codes)
    return [paper for code, paper in named_papers().items() if code in wanted]


def titled_like(title: str) -> NamedPaper | None:
    """Return the paper whose Chinese name *title* is, to say it in other languages."""
    return next((paper for paper in named_papers().values() if paper.title == title), None)

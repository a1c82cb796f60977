"""The product's own source, for tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kiosk_server", "kiosk_ui", "mobile_api", "devices")
_GENERATED = "kiosk_server/migrations/versions/"


def product_files(*endings: str) -> Iterator[tuple[str, Path]]:
    """Yield each product file with one of *endings* by its name from the root, and its path.

    Migrations are left out: Alembic writes them, and once released they are never edited.
    """
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in endings and not name.startswith(_GENERATED):
                yield name, path


def python_trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield each product module by its file's name, parsed."""
    for name, path in product_files(".py"):
        yield name, _parsed(path)


def called_name(call: ast.Call) -> str:
    """Return what *call* calls, as written: `datetime.now`."""
    return ast.unparse(call.func)


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of every module and name that *tree* imports, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))

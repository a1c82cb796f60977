"""Habits of the house that a reader relies on."""

import ast
import re

from tests.support.source_tree import called_name, product_files, python_trees

MOST_LINES_OF_A_FILE = 350
MOST_LINES_OF_A_FUNCTION = 55

CLOCKS = ("kiosk_server/core/clock.py", "devices/agent/clock.py", "devices/clock.py")
READS_THE_CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
}


def test_no_file_is_long() -> None:
    """A file that outgrows a few screens has more than one reason to change."""
    long = {
        name: lines
        for name, path in product_files(".py", ".mjs", ".css", ".html")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    }
    assert long == {}


def test_no_function_is_long() -> None:
    """A function is read at one look."""
    long = {
        f"{name}:{node.name}": lines
        for name, tree in python_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    """Every module begins with a docstring."""
    assert [name for name, tree in python_trees() if not ast.get_docstring(tree)] == []


def test_time_comes_from_one_place() -> None:
    """Only the clock reads the clock; everything else is told what time it is."""
    faults = [
        f"{name}:{node.lineno} {called_name(node)}"
        for name, tree in python_trees()
        if name not in CLOCKS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called_name(node) in READS_THE_CLOCK
    ]
    assert faults == []


def test_one_place_commits() -> None:
    """On the server only the unit of work commits."""
    faults = [
        f"{name}:{node.lineno}"
        for name, tree in python_trees()
        if not name.startswith("devices/") and name != "kiosk_server/core/database.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called_name(node).endswith(".commit")
    ]
    assert faults == []


def test_nothing_is_left_for_later() -> None:
    """No unfinished parts, no unexplained silence of the type checker, no swallowed errors."""
    unwanted = re.compile(
        r"\bTODO\b|\bFIXME\b|\bXXX\b|NotImplementedError|# type: ignore(?!\[)|except Exception:"
    )
    faults = [
        f"{name}:{number}"
        for name, path in product_files(".py", ".mjs")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if unwanted.search(line)
    ]
    assert faults == []


def test_no_assertion_guards_people() -> None:
    """Product code asserts only what narrows a type: `assert x is not None` and the like."""
    allowed = re.compile(r" is not None$|^isinstance\(|^\w[\w.]* (is|is not) \w")
    faults = [
        f"{name}:{node.lineno} assert {ast.unparse(node.test)}"
        for name, tree in python_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) and not allowed.search(ast.unparse(node.test))
    ]
    assert faults == []

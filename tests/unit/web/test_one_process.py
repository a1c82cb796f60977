"""A run on several processes sets up once what the tests of a file share."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CONFTEST = """
import pytest
from tests.support.one_process import by_file

def pytest_xdist_make_scheduler(config, log):
    return by_file(config, log)
"""
TESTS = """
import os
from pathlib import Path
import pytest

@pytest.fixture(scope="module")
def shared():
    with Path("{book}").open("a") as book:
        print("{name}", os.getpid(), file=book)

@pytest.mark.parametrize("turn", range(6))
def test_uses_it(shared, turn):
    pass
"""


def test_a_file_s_tests_stay_in_one_process(tmp_path: Path) -> None:
    """Two processes run four files, and each file is set up by one of them, once."""
    book = tmp_path / "book"
    names = [f"test_{letter}.py" for letter in "abcd"]
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name in names:
        (tmp_path / name).write_text(TESTS.format(book=book, name=name))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "xdist.plugin", "-p", "no:cacheprovider",
         "-n", "2", "--dist", "loadfile", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "24 passed" in ran.stdout
    made = [line.split() for line in book.read_text().splitlines()]
    assert sorted(name for name, _ in made) == names
    assert len({process for _, process in made}) == 2

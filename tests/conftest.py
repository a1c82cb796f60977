"""
What every test stands on: databases, settings, the app, the network guard, the summary.

A test that asks for `database` runs once on SQLite and once on PostgreSQL. One that also asks
for `app` or `client` shares that database with them and runs on SQLite alone: surfaces hold no
SQL of their own. A test of one engine says so with
`@pytest.mark.parametrize("engine_name", ["postgresql"])`. What the machine lacks is skipped by
name, see `tests/support/missing.py`.
"""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.extensions import open_database
from kiosk_server.settings import Settings
from tests.support import compiled_sql, days_ahead, light_starts, missing, network, postgres
from tests.support.schema import build_schema

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ENGINES = ("sqlite", "postgresql")
DRIVING_OTHERS = {"journeys", "misfortunes", "shell", "test_ippeveprinter.py", "test_sane.py"}
"""Folders and files of tests whose programs are not ours, or are killed. SANE's test backend hangs
now and then when it lets go of a scanner that it said was jammed."""
_TESTS = Path(__file__).parent

hypothesis_settings.register_profile("kiosk", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("kiosk")


def pytest_configure(config: pytest.Config) -> None:
    """Guard the network; in the process that the others are children of, make room for a server."""
    network.install()
    missing.watch_imports()
    compiled_sql.install()
    light_starts.install()
    days_ahead.install()
    if not hasattr(config, "workerinput"):
        postgres.make_home()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running and nothing in memory."""
    if not hasattr(config, "workerinput") and postgres.HOME_VARIABLE in os.environ:
        postgres.remove_home()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import every test without looking for garbage: what is imported stays to the end.

    What stays is set aside afterwards, else each sweep of the run would look at all of it again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for `database` on both engines, and what only needs an app on one."""
    named = any(
        "engine_name" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "engine_name" in metafunc.fixturenames and not named:
        asked = set(metafunc.fixturenames)
        both = "database" in asked and "app" not in asked
        metafunc.parametrize("engine_name", ENGINES if both else ENGINES[:1])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep the tests of a file in one process."""
    from tests.support.one_process import by_file  # noqa: PLC0415 - a run may do without xdist

    return by_file(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say which tests may be run a second time.

    A test that drives programs of others (a browser, a compositor, a print server, killed
    processes) may fail once on a machine that is out of breath; the summary names each that did.
    """
    if not config.pluginmanager.hasplugin("rerunfailures"):
        return
    for item in items:
        browser = item.get_closest_marker("browser") is not None
        if browser or DRIVING_OTHERS & set(item.path.relative_to(_TESTS).parts):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what this machine lacks, with the command that brings it."""
    skipped = terminalreporter.stats.get("skipped", [])
    lines = missing.summary_lines(report.longrepr[2] for report in skipped)
    if lines:
        terminalreporter.section("missing on this machine")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def this_machine_only() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even if it swallowed the refusal."""
    network.refused.clear()
    yield
    tried, network.refused[:] = list(network.refused), []
    assert not tried, f"this test tried to reach {', '.join(tried)}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the whole schema in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "kiosk.sqlite3"
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    build_schema(engine)
    engine.dispose()
    return path


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the whole schema, this test's own."""
    if engine_name == "postgresql":
        with postgres.clone(f"test_{new_id()}", build_schema) as url:
            yield url
    else:
        path = tmp_path / "kiosk.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Development settings with this test's database and a folder of its own."""
    return Settings(database_url=database_url, instance=tmp_path / "instance")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """This test's database: `with database.unit_of_work() as session: ...`."""
    database = open_database(settings)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The templates as one test compiled them, for the servers of all others."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture(scope="session")
def server_read() -> None:
    """What every server reads once in a process, read and set aside like all that was imported."""
    from kiosk_server.app import create_app  # noqa: PLC0415 - unit tests need no server

    create_app(Settings(database_url="sqlite://")).extensions["kiosk_database"].dispose()
    gc.collect()
    gc.freeze()


@pytest.fixture
def app(
    settings: Settings, server_read: None, compiled_pages: FileSystemBytecodeCache
) -> Iterator["Flask"]:
    """The whole server over this test's database."""
    from kiosk_server.app import create_app  # noqa: PLC0415 - unit tests need no server

    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled_pages
    yield app
    app.extensions["kiosk_database"].dispose()


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A browser of sorts that talks to `app`."""
    return app.test_client()

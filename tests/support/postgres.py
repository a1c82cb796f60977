"""
A PostgreSQL server of the test run's own: in memory, on a Unix socket, gone at the end.

The controller makes an empty home; the first test that needs the server starts it under a file
lock, so that a run of unit tests pays nothing and several test processes share one server. Every
test gets a clone of a template database. Speed over safety: the data is thrown away.
"""

import atexit
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from tests.support.missing import missing

HOME_VARIABLE = "KIOSK_TEST_POSTGRES_HOME"
COMMAND = "apt-get install -y --no-install-recommends postgresql"
TEMPLATE = "template_kiosk"
# Copying the files is three times as fast as logging them where nothing is synchronised.
_CLONE = f'CREATE DATABASE "{{}}" TEMPLATE {TEMPLATE} STRATEGY FILE_COPY'
_UNSAFE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def make_home() -> None:
    """Make the empty home of this run's server and tell the test processes where it is."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    home = Path(tempfile.mkdtemp(prefix="kiosk-pg-", dir=parent))
    if account := _server_account():
        os.chown(home, account.pw_uid, account.pw_gid)
    os.environ[HOME_VARIABLE] = str(home)


def remove_home() -> None:
    """Stop the server if a test started it, and remove its home."""
    home = Path(os.environ.pop(HOME_VARIABLE))
    if (home / "data" / "postmaster.pid").exists():
        _run(home, "pg_ctl", "-D", str(home / "data"), "-m", "immediate", "-s", "stop")
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def clone(name: str, build: Callable[[Engine], None]) -> Iterator[str]:
    """Lend the URL of a fresh database *name*; *build* fills the template, once a run."""
    home = Path(os.environ[HOME_VARIABLE])
    with _locked(home):
        _start_once(home)
        _build_once(home, build)
    with _database(home, _CLONE.format(name), name) as url:
        yield url


@contextmanager
def empty(name: str) -> Iterator[str]:
    """Lend the URL of a database *name* with nothing in it."""
    home = Path(os.environ[HOME_VARIABLE])
    with _locked(home):
        _start_once(home)
    with _database(home, f'CREATE DATABASE "{name}"', name) as url:
        yield url


@contextmanager
def _database(home: Path, statement: str, name: str) -> Iterator[str]:
    _execute(home, statement)
    try:
        yield _url(home, name)
    finally:
        _execute(home, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Keep the other test processes of this run waiting."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_once(home: Path) -> None:
    if not (home / "data" / "postmaster.pid").exists():
        _start(home)


def _build_once(home: Path, build: Callable[[Engine], None]) -> None:
    if (home / "built").exists():
        return
    _execute(home, f"CREATE DATABASE {TEMPLATE}")
    # No connection may be left to the template while it is cloned.
    engine = create_engine(_url(home, TEMPLATE), poolclass=NullPool)
    build(engine)
    engine.dispose()
    (home / "built").touch()


def _start(home: Path) -> None:
    data = str(home / "data")
    _run(home, "initdb", "-D", data, "-U", "kiosk", "-A", "trust", "--no-sync", "--no-locale",
         "-E", "UTF8")  # fmt: skip
    options = f"-k {home} -h '' {_UNSAFE}"
    _run(home, "pg_ctl", "-D", data, "-w", "-s", "-l", str(home / "log"), "-o", options, "start")


def _run(home: Path, program: str, *arguments: str) -> None:
    command = [str(_binaries() / program), *arguments]
    if account := _server_account():
        # PostgreSQL refuses to run as root.
        identity = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
        command = ["setpriv", *identity, "--reset-env", *command]
    subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL)


def _binaries() -> Path:
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if packaged:
        return packaged[-1].parent
    found = shutil.which("initdb")
    if found is None:
        missing("PostgreSQL", COMMAND)
    return Path(found).resolve().parent


def _server_account() -> pwd.struct_passwd | None:
    """Return the account that the server runs as; None means the account of the tests."""
    if os.geteuid():
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _url(home: Path, name: str) -> str:
    return f"postgresql+psycopg://kiosk@/{name}?host={home}"


@cache
def _connection(home: Path) -> psycopg.Connection:
    """One connection of this process for all that is said to the server itself."""
    connection = psycopg.connect(f"user=kiosk dbname=postgres host={home}", autocommit=True)
    atexit.register(connection.close)
    return connection


def _execute(home: Path, statement: str) -> None:
    with _connection(home).cursor() as cursor:
        cursor.execute(statement.encode())

"""The schema of every room, made in an empty database."""

import importlib
import pkgutil
from pathlib import Path

from sqlalchemy import Engine

import kiosk_server
from kiosk_server.audit.triggers import create_triggers
from kiosk_server.core.database import Base


def load_models() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    importlib.import_module("kiosk_server.core.limits")
    for package in pkgutil.iter_modules(kiosk_server.__path__):
        if (Path(kiosk_server.__path__[0]) / package.name / "models.py").exists():
            importlib.import_module(f"kiosk_server.{package.name}.models")


def build_schema(engine: Engine) -> None:
    """Create every table and the append-only triggers of the audit."""
    load_models()
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        create_triggers(connection)

"""Every table of every room, gathered: a mapped class is known only once it is imported."""

import importlib
import pkgutil
from importlib.util import find_spec

from sqlalchemy import MetaData

import kiosk_server
from kiosk_server.core.database import Base

_OUTSIDE_ROOMS = ("kiosk_server.core.idempotency", "kiosk_server.core.limits")


def all_tables() -> MetaData:
    """Import every module that declares tables and return the metadata with all of them."""
    for name in _OUTSIDE_ROOMS:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(kiosk_server.__path__, "kiosk_server."):
        if module.ispkg and find_spec(f"{module.name}.models"):
            importlib.import_module(f"{module.name}.models")
    return Base.metadata

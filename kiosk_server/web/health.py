"""
Is the server alive, and is it ready: for whoever balances load and for whoever is woken at night.

A stopped worker makes every server late but none of them useless, so it is told and does not
take them out of service; an unreachable database or a schema of another version does.
"""

from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server.audit.sealer import sealing_lag
from kiosk_server.core.database import Database
from kiosk_server.migrations.standing import current, head
from kiosk_server.web.request_context import database
from kiosk_server.web.surface import OPEN, Surface

LATE_AFTER_SECONDS = 60

log = structlog.get_logger()


@dataclass(frozen=True)
class Readiness:
    """What was found: each part with a word, and whether the server can serve."""

    database: str
    schema: str
    worker: str

    @property
    def ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.database == "answers" and self.schema == "current"


def readiness(database: Database) -> Readiness:
    """Return whether *database* answers, stands at our schema, and is kept up with."""
    try:
        with database.reading() as session:
            session.execute(select(literal(1)))
            if current(session.connection()) != head():
                return Readiness("answers", "other", "not asked")
            late = sealing_lag(session).total_seconds() > LATE_AFTER_SECONDS
    except SQLAlchemyError:
        log.exception("database_does_not_answer")
        return Readiness("does not answer", "not asked", "not asked")
    return Readiness("answers", "current", "late" if late else "keeps up")


def health_surfaces() -> list[Surface]:
    """Return the surface of both questions; the answers name no version and no address."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def alive() -> ResponseReturnValue:
        return jsonify(status="alive")

    @blueprint.get("/readyz")
    def ready() -> ResponseReturnValue:
        found = readiness(database())
        status = HTTPStatus.OK if found.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return jsonify(
            status="ready" if found.ready else "not ready",
            database=found.database,
            schema=found.schema,
            worker=found.worker,
        ), status

    return [Surface(blueprint, OPEN, problems="json", forms=False)]

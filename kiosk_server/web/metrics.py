"""
Counts and durations for Prometheus, right under several processes, for the bearer of a token.

Requests are labelled by the rule of their route, never by path: paths hold codes. Under gunicorn
each process writes its values to a file of its own in PROMETHEUS_MULTIPROC_DIR (see
`kiosk_server/gunicorn_conf.py`), and any of them answers for all.
"""

import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kiosk_server.audit.sealer import sealing_lag
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Refused
from kiosk_server.outbox.queries import count_by_state
from kiosk_server.visits.ladder import counts_today
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.surface import Guard, Surface

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Meters:
    """What one process measures."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram


class DatabaseFigures(Collector):
    """Figures that are true for all processes at once because they stand in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        """Yield the outbox by state, the sealer's lag and today's failed steps, as they are now."""
        with self._database.reading() as session:
            states, lag = count_by_state(session), sealing_lag(session)
            steps = counts_today(session)
        messages = GaugeMetricFamily(
            "kiosk_outbox_messages", "Messages of the outbox by state.", labels=["state"]
        )
        for state, count in sorted(states.items()):
            messages.add_metric([state], count)
        yield messages
        failed = GaugeMetricFamily(
            "kiosk_identity_steps_failed_today",
            "Failed steps of identity since midnight in Beijing.",
            labels=["terminal", "step", "reason"],
        )
        for terminal_id, each in steps:
            failed.add_metric([terminal_id, each.step, each.reason], each.count)
        yield failed
        yield GaugeMetricFamily(
            "kiosk_audit_sealing_lag_seconds",
            "How long the oldest audit entry has waited for its link.",
            value=lag.total_seconds(),
        )


def register_metrics(app: Flask) -> None:
    """Measure every request of *app*."""
    registry = CollectorRegistry()
    labels = ("method", "route")
    meters = Meters(
        registry,
        Counter("kiosk_requests", "Answered requests.", (*labels, "status"), registry=registry),
        Histogram(
            "kiosk_request_seconds", "Time to answer.", labels, registry=registry, buckets=_BUCKETS
        ),
    )
    app.extensions["kiosk_meters"] = meters

    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def measure(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        # Methods come from outside: an invented one must not make a new series.
        method = request.method if request.url_rule else "any"
        meters.requests.labels(method, route, str(response.status_code)).inc()
        meters.seconds.labels(method, route).observe(perf_counter() - g.started)
        return response


def metrics_surfaces() -> list[Surface]:
    """Return the surface that shows the figures."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(_figures(), content_type=CONTENT_TYPE_LATEST)

    return [Surface(blueprint, _BEARER, problems="json", forms=False)]


def _figures() -> bytes:
    meters: Meters = current_app.extensions["kiosk_meters"]
    registry = meters.registry
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    shared = CollectorRegistry()
    shared.register(DatabaseFigures(database()))
    return generate_latest(registry) + generate_latest(shared)


def _check_bearer() -> None:
    wanted = f"Bearer {settings().metrics_token}"
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Refused("metrics_token_wrong")


_BEARER = Guard("the bearer of the metrics token", _check_bearer)

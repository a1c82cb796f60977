"""What `make bench` measures of money: both sides do what they are said to do."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from sqlalchemy import func, select

from kiosk_server.core.database import Database
from kiosk_server.payments.models import LedgerEntry, PaymentNotice, PaymentOrder, PaymentReceipt
from kiosk_server.payments.rules import Channel
from kiosk_server.settings import Settings
from tests.bench import payments as bench

CHANNELS = (Channel.PUBLIC_PAYMENT, Channel.WECHAT_PAY)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_bare_routes_write_what_ours_write(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours and the yardstick open, begin and pay as many orders, with the same rows."""
    monkeypatch.setattr(bench, "ORDERS", 1)
    path = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        desk = bench.Desk(settings, database, raw.execute)
        desk.orders()
        desk.bare_orders()
        for channel in CHANNELS:
            for hear in (desk.hear, desk.bare_hear):
                desk.have_paid(channel)
                hear(channel)
        desk.app.extensions["kiosk_database"].dispose()
    with database.reading() as session:
        states = Counter(session.scalars(select(PaymentOrder.state)))
        assert states == {"waiting": 2, "paid": 4}
        for table in (PaymentNotice, LedgerEntry, PaymentReceipt):
            assert session.scalar(select(func.count()).select_from(table)) == 4

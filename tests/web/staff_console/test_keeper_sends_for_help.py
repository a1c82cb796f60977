"""A keeper who cannot mend his machine sends for somebody with one press."""

from flask import Flask
from sqlalchemy import select

from kiosk_server.assets.seed import SAMPLE_BANK, demo_keeper
from kiosk_server.work_orders.models import WorkOrder
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import SignedTerminal

MINE = "/staff/mine"


def orders(app: Flask) -> list[WorkOrder]:
    """Every order there is."""
    with database_of(app).reading() as session:
        return list(session.scalars(select(WorkOrder)))


def test_beyond_the_keeper(app: Flask) -> None:
    """One press opens one order, a second one none; a machine that he does not mind opens none."""
    seed(app)
    with database_of(app).unit_of_work() as session:
        demo_keeper(session, SAMPLE_BANK)
    own = SignedTerminal(app, site_id="xingfulu", host_place_id="sample-bank")
    foreign = SignedTerminal(app, site_id="xingfulu")
    keeper = StaffBrowser(app).sign_in("guanliyuan")
    page = f"{MINE}/{own.id}"
    for _ in range(2):
        sent = keeper.post(f"{page}/work-order", page)
        assert sent.status_code == 303
    assert 'role="status"' in keeper.get(sent.headers["Location"]).text
    refused = keeper.post(f"{MINE}/{foreign.id}/work-order", page)
    assert refused.status_code == 404
    found = orders(app)
    assert [(each.terminal_id, each.origin, each.kind) for each in found] == [
        (own.id, "keeper", "beyond_keeper")
    ]
    assert keeper.get(f"/staff/work-orders/{found[0].id}").status_code == 403

"""First data: entered once however often, and nobody's account in production."""

from dataclasses import replace

from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.models import ItemVersion
from kiosk_server.cli.seed import seed
from kiosk_server.core.database import Database
from kiosk_server.places.models import Site
from kiosk_server.settings import Settings
from kiosk_server.staff.models import StaffMember


def test_seeding_twice_is_seeding_once(database: Database, settings: Settings) -> None:
    """A second seeding makes no second version, site or account."""
    assert [seed(database, settings) for _ in range(2)] == [32, 32]
    with database.reading() as session:
        assert len(catalogue.published(session)) == 32
        assert session.query(ItemVersion).count() == 32
        assert session.query(Site).count() == 13
        assert session.query(StaffMember).count() > 0


def test_production_gets_no_demo_accounts(database: Database, settings: Settings) -> None:
    """In production seeding enters places and items, and lets nobody in."""
    seed(database, replace(settings, environment="production"))
    with database.reading() as session:
        assert session.query(StaffMember).count() == 0

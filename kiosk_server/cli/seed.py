"""
Enter the first data: divisions, sites, what is booked there, the sample catalogue, and in
development demo accounts and who of them is on call.

Seeding again changes only what the data files changed: a version that says the same stays.
"""

from kiosk_server.assets.seed import SAMPLE_BANK, SAMPLE_HALL, demo_keeper
from kiosk_server.bookings import first_data as bookings
from kiosk_server.catalogue import first_data as catalogue
from kiosk_server.certificates.seed import demo_rights
from kiosk_server.core.database import Database
from kiosk_server.places import first_data as places
from kiosk_server.settings import Settings
from kiosk_server.staff.seed import demo_accounts
from kiosk_server.upkeep.seed import demo_duties


def seed(database: Database, settings: Settings) -> int:
    """Enter the first data in one unit of work; return how many items are published."""
    with database.unit_of_work() as session:
        places.enter(session)
        bookings.enter(session)
        items = catalogue.publish_all(session)
        if not settings.production:
            demo_accounts(session, production=False)
            demo_duties(session)
            demo_keeper(session, SAMPLE_HALL, SAMPLE_BANK)
            demo_rights(session)
    return items

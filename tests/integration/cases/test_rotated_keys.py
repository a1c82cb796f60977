"""New keys on a live database: what the rooms sealed is sealed again and still opens."""

import pytest

from kiosk_server.cases.queries import decision_of
from kiosk_server.core.cryptography import Keyring
from kiosk_server.core.database import Base, Database
from kiosk_server.core.rotation import rotate
from kiosk_server.ratings import services as ratings
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.visits import presence
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import Visit
from tests.support.counter import AYGUL, Counter

NEW = {"k2": b"n" * 32}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_sealed_cell_follows_the_key(counter: Counter) -> None:
    """After a rotation the new key alone opens names, drafts, decisions, codes and ratings."""
    person, case_id, _ = counter.comes_to_paper(AYGUL, "SAMPLE-ZR-01", purpose="loan")
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        presence.ask_phone_code(session, visit, phone="19900000022")
        ratings.rate(session, case_id=case_id, level=4, text="测试")
    old = counter.database.keyring
    both = Keyring({**old.sealing_keys, **NEW}, old.index_key)
    rotation = rotate(Database(counter.database.engine, both), Base.metadata)
    assert rotation.broken == ()
    assert rotation.resealed >= 6
    new = Database(counter.database.engine, Keyring(NEW, old.index_key))
    with new.reading() as session:
        [resident] = session.query(Resident).all()
        assert residents.name_of(session, resident) == AYGUL["name"]
        assert decision_of(session, case_id).inputs["card_name"] == AYGUL["name"]
        visit = session.get_one(Visit, person.visit_id)
        assert draft_of(session, visit)["purpose"] == "loan"

"""Publishing: refused when incomplete, kept for ever, one version for all surfaces."""

from dataclasses import replace

import pytest

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries, services
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.catalogue.models import ItemVersion
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid, NotFound
from tests.support.counter import AYGUL, Counter


def changed(content: ItemContent, fee: str) -> ItemContent:
    assert content.elements is not None
    return replace(content, elements={**content.elements, "fee": fee})


def publishes(database: Database, content: ItemContent) -> ItemVersion:
    with database.unit_of_work() as session:
        return services.publish(session, content, by=SYSTEM)


@pytest.mark.policy("P05")
def test_one_version_is_in_force(counter: Counter) -> None:
    """Publishing a change changes what everybody finds, at once, under a new hash."""
    with counter.database.reading() as session:
        before = queries.find(session, "SAMPLE-RS-01")
    publishes(counter.database, changed(before.content, "不收费（2027 年起）"))
    with counter.database.reading() as session:
        after = queries.find(session, "SAMPLE-RS-01")
        [listed] = [item for item in queries.published(session) if item.code == "SAMPLE-RS-01"]
    assert (before.version, after.version) == (1, 2)
    assert before.hash != after.hash
    assert listed == after
    assert len(after.short_hash) == 12


@pytest.mark.policy("P05")
def test_same_content_same_version(counter: Counter) -> None:
    """Publishing what stands makes no new version and no audit entry."""
    with counter.database.reading() as session:
        before = queries.find(session, "SAMPLE-ZR-01")
        entries = session.query(AuditEntry).count()
    assert publishes(counter.database, before.content).id == before.version_id
    with counter.database.reading() as session:
        assert session.query(AuditEntry).count() == entries


@pytest.mark.policy("P04")
def test_case_stays_with_its_version(counter: Counter) -> None:
    """A case keeps the version that it was applied under, however often the item changes."""
    _, case_id, _ = counter.comes_to_paper(AYGUL)
    with counter.database.reading() as session:
        content = queries.find(session, "SAMPLE-RS-01").content
    publishes(counter.database, changed(content, "不收费（新）"))
    with counter.database.reading() as session:
        case = session.get_one(Case, case_id)
        kept = queries.version(session, case.item_version_id)
    assert kept.version == 1
    assert kept.content == content


@pytest.mark.policy("P02")
def test_incomplete_item_is_not_published(counter: Counter) -> None:
    """An item that lacks elements is refused with all of them; what stood stays in force."""
    with counter.database.reading() as session:
        content = queries.find(session, "SAMPLE-RS-01").content
    with pytest.raises(Invalid) as fault:
        publishes(counter.database, replace(content, elements={"name": "只有名称"}))
    assert len(fault.value.fields) == 16
    with counter.database.reading() as session:
        assert queries.find(session, "SAMPLE-RS-01").version == 1


def test_publication_is_audited(counter: Counter) -> None:
    """Every publication stands in the audit with item, version and hash."""
    entries = counter.audited("catalogue.published")
    assert len(entries) == 32
    assert entries[0].facts["version"] == 1


def test_what_terminals_handle_comes_first(counter: Counter) -> None:
    """A list begins with what can be finished at a machine."""
    with counter.database.reading() as session:
        handled = [item.content.handling is not None for item in queries.published(session)]
    assert handled == sorted(handled, reverse=True)
    assert sum(handled) == 4


def test_unknown_item(counter: Counter) -> None:
    """An item or version that does not exist is not found."""
    with counter.database.reading() as session:
        with pytest.raises(NotFound):
            queries.find(session, "SAMPLE-XX-99")
        with pytest.raises(NotFound):
            queries.version(session, "01jd3v9q2m8x4k7t5w6y0z1nix")

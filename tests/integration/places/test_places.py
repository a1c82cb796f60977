"""Divisions, sites and host places of the sample city, and names that are refused."""

from typing import Any

import pytest

from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.places import first_data, queries, services
from kiosk_server.places.models import Division, HostPlace, Site, SiteLevel
from kiosk_server.places.rules import Mandate

HOURS = [{"days": [1, 2, 3, 4, 5], "opens": "10:00", "closes": "14:00"}]


_BELOW_THE_CITY = (Mandate.ENTRUSTED, Mandate.ASSISTING)
"""What the sample sites have."""


@pytest.fixture
def city(database: Database) -> Database:
    """A database with the sample places."""
    with database.unit_of_work() as session:
        first_data.enter(session)
    return database


def enters(city: Database, **changes: Any) -> Site:
    told: dict[str, Any] = {
        "level": SiteLevel.VILLAGE_STATION,
        "division_code": "653001101",
        "names": {"zh": "测试村便民服务站"},
        "addresses": {"zh": "测试村 1 号"},
        "phone": "0908-0000099",
        "hours": HOURS,
        "parent_id": "songtake",
        "mandate": "assisting",
    }
    with city.unit_of_work() as session:
        return services.enter_site(session, "test-village", **(told | changes))


def test_sample_city(city: Database) -> None:
    """One centre, ten township centres, two village stations and a bank; each with its parent."""
    with city.reading() as session:
        assert len(queries.sites(session)) == 13
        assert len(queries.sites(session, level=SiteLevel.TOWNSHIP_CENTRE)) == 10
        assert queries.centre_of(session, "sample-village-1").id == "atushi-centre"
        names = {division.names["zh"] for division in session.query(Division)}
    assert {"阿图什市", "克孜勒苏柯尔克孜自治州", "吐古买提乡"} <= names


@pytest.mark.policy("P54")
def test_shop_belongs_to_a_site(city: Database) -> None:
    """What a bank's terminal takes in is received by the 便民服务中心 that the bank belongs to."""
    with city.reading() as session:
        bank = queries.host_place(session, "sample-bank")
    assert bank.site.names["zh"] == "幸福路街道便民服务中心"
    with city.unit_of_work() as session, pytest.raises(Invalid, match="host_place_invalid"):
        services.enter_host_place(
            session, "stray", site_id="nowhere", kind="bank", names={"zh": "x"}, addresses={}
        )


def test_entering_again_changes_nothing(city: Database) -> None:
    """Seeding twice leaves as many places as once."""
    with city.unit_of_work() as session:
        first_data.enter(session)
    with city.reading() as session:
        assert (session.query(Site).count(), session.query(HostPlace).count()) == (13, 1)


@pytest.mark.policy("P55")
@pytest.mark.parametrize("name", ["测试村便民服务中心", "测试村政务服务站", "测试村代办点"])
def test_names_of_another_level(city: Database, name: str) -> None:
    """A village's place under any other name is refused and not entered."""
    with pytest.raises(Invalid) as fault:
        enters(city, names={"zh": name})
    assert [field.code for field in fault.value.fields] == ["place_name_not_of_level"]
    with city.reading() as session, pytest.raises(NotFound):
        queries.site(session, "test-village")


def test_every_fault_at_once(city: Database) -> None:
    """Name, division, hours and parent are all named in one refusal."""
    with pytest.raises(Invalid) as fault:
        enters(
            city,
            names={"zh": "测试"},
            division_code="65",
            hours=[{"days": [9], "opens": "1", "closes": "2"}],
            parent_id=None,
        )
    assert {field.at for field in fault.value.fields} == {"names.zh", "division", "hours", "parent"}


def test_new_site(city: Database) -> None:
    """A site in order is entered, and found with its hours."""
    enters(city)
    with city.reading() as session:
        site = queries.site(session, "test-village")
    assert site.hours[0].opens.isoformat() == "10:00:00"


@pytest.mark.policy("P28")
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"mandate": None}, "mandate_missing"),
        ({"mandate": "whatever"}, "mandate_missing"),
        (
            {
                "level": SiteLevel.CITY_CENTRE,
                "division_code": "653001",
                "names": {"zh": "测试政务服务中心"},
            },
            "mandate_of_city",
        ),
    ],
)
def test_a_site_below_the_city_says_how_it_works(
    city: Database, changes: dict[str, Any], fault: str
) -> None:
    """委托受理, 授权办理 or 帮办代办: one of them, so that it is clear who decides."""
    with pytest.raises(Invalid) as refused:
        enters(city, **changes)
    assert [each.code for each in refused.value.fields] == [fault]
    assert enters(city, mandate="authorised").mandate == "authorised"


@pytest.mark.policy("P28")
def test_any_site_of_a_level_takes_any_matter(city: Database) -> None:
    """A township's window takes every group of matters that the centre's windows take."""
    with city.reading() as session:
        taken = queries.groups_by_site(session)
        townships = queries.sites(session, level=SiteLevel.TOWNSHIP_CENTRE)
        assert {site.mandate for site in queries.sites(session)} == {None, *_BELOW_THE_CITY}
    assert len(townships) == 10
    for site in townships:
        assert sorted(taken[site.id]) == sorted(taken["atushi-centre"]), site.id

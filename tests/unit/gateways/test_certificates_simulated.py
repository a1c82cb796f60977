"""The simulated sharing service, and which one is in force."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.certificates.metadata import HolderCode
from kiosk_server.certificates.ports import (
    Errand,
    FileKind,
    Held,
    HolderQuery,
    NoFile,
    NoSeal,
    NothingHeld,
    SealPicture,
    SourceDown,
)
from kiosk_server.core import clock
from kiosk_server.gateways.certificates_assembly import certificate_platform, seal_system
from kiosk_server.gateways.certificates_http import HttpCertificates
from kiosk_server.gateways.certificates_simulated import SimulatedCertificates
from kiosk_server.settings import Settings

PEOPLE = ("653001199003070022", "653001201906010020", "65300119850615002X")
COMPANY = "91653001MA00000007"
ERRAND = Errand("查看本人证照", "system")


@pytest.mark.policy("P30")
def test_the_unreal_people_have_all_eleven_kinds() -> None:
    """Among the people, the child and the company every kind of departments is there."""
    platform = SimulatedCertificates()
    found = set()
    for kind in certificate_types().values():
        for code_kind, code in [
            *((HolderCode.CITIZEN, number) for number in PEOPLE),
            (HolderCode.UNIFIED_SOCIAL_CREDIT, COMPANY),
        ]:
            answer = platform.find_by_holder(HolderQuery(code_kind, code, kind), ERRAND)
            if isinstance(answer, Held):
                found.add(kind.id)
                assert all(
                    set(each.content) <= {known.id for known in kind.fields}
                    for each in answer.certificates
                )
    assert found == {kind.id for kind in certificate_types().values() if kind.from_platform}


@pytest.mark.parametrize(
    ("today", "began", "ends"),
    [
        (date(2026, 12, 15), date(2020, 12, 15), date(2026, 12, 15)),
        (date(2026, 12, 16), date(2026, 12, 15), date(2032, 12, 15)),
        (date(2041, 1, 1), date(2038, 12, 15), date(2044, 12, 15)),
    ],
)
def test_a_driving_licence_serves_whatever_day_it_is(today: date, began: date, ends: date) -> None:
    """What ends is renewed for as long again, so that its holder can always show it."""
    kind = certificate_types()["driving_licence"]
    noon = datetime.combine(today, time(12), tzinfo=clock.BEIJING)
    with clock.frozen(noon):
        query = HolderQuery(HolderCode.CITIZEN, PEOPLE[0], kind)
        held = SimulatedCertificates().find_by_holder(query, ERRAND)
    assert isinstance(held, Held)
    (one,) = held.certificates
    assert (one.issued_on, one.valid_from, one.valid_until) == (began, began, ends)
    assert one.content["valid_until"] == ends.isoformat()


def test_it_says_that_it_is_simulated_and_can_sleep() -> None:
    """Nobody takes it for real; a sleeping type is down, a stranger has nothing."""
    platform = SimulatedCertificates(asleep=["id_card"])
    types = certificate_types()
    query = HolderQuery(HolderCode.CITIZEN, PEOPLE[0], types["id_card"])
    assert platform.simulated
    assert platform.find_by_holder(query, ERRAND) == SourceDown()
    stranger = replace(query, code="653001198309090152", type=types["passport"])
    assert platform.find_by_holder(stranger, ERRAND) == NothingHeld()
    assert platform.fetch_file("1", FileKind.OFD, ERRAND) == NoFile()


def test_production_has_no_made_up_certificates_and_no_made_up_seal() -> None:
    """Development shows the simulated ones, production none until a service is named."""
    settings = Settings()
    assert isinstance(certificate_platform(settings), SimulatedCertificates)
    assert certificate_platform(replace(settings, certificates="none")) is None
    production = replace(settings, environment="production")
    assert certificate_platform(production) is None
    real = replace(production, certificates="https://share.example.invalid")
    assert isinstance(certificate_platform(real), HttpCertificates)
    assert seal_system(production).seal("机关", "1", ERRAND) == NoSeal()
    seal = seal_system(settings).seal("机<关", "1", ERRAND)
    assert isinstance(seal, SealPicture)
    assert seal.simulated
    assert "模拟印章" in seal.svg
    assert "机&lt;关" in seal.svg

"""The sharing service over HTTP against a faithful server on loopback."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk_server.certificates.certificate_types import certificate_type
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.metadata import HolderCode
from kiosk_server.certificates.ports import (
    Errand,
    FetchedFile,
    FileKind,
    FileVerdict,
    FindAnswer,
    Held,
    HolderQuery,
    NoFile,
    NotElectronicYet,
    NothingHeld,
    Reported,
    SourceDown,
    SourceRefused,
    Use,
)
from kiosk_server.core import clock
from kiosk_server.gateways.certificates_http import HttpCertificates
from kiosk_server.gateways.certificates_wire import LONGEST_CAUSE, cause
from kiosk_server.gateways.sm2 import SoftwareSm2
from tests.support.certshare_server import ACCESS_ID, PRIVATE_KEY, TOKEN, SharingService, serving

NUMBER = "653001199003070022"
IDENTIFIER = "1.2.156.3005.2.11100000000013127D001.11653001MB1A00001L.2023A0000001.001.I"
ERRAND = Errand("查看本人证照", "resident:01", "SAMPLE-RS-01", "A-1", "grant-1")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
ROW = {
    "ZZMC": "居民身份证",
    "ZZBS": IDENTIFIER,
    "ZZBH": NUMBER,
    "CZZT": "阿依古丽·测试",
    "CZZTDM": NUMBER,
    "ZZBFJG": "阿图什市公安局",
    "ZZBFRQ": "20190506",
    "ZZYXQQSRQ": "2019年05月06日",
    "ZZYXQJZRQ": "2039-05-06",
    "ZZZT": "01",
    "民族": "不应保留",
    "住址": "阿图什市示例路1号",
}


@pytest.fixture(scope="module")
def running() -> Iterator[SharingService]:
    """One service for all tests of this file."""
    with serving() as service:
        yield service


@pytest.fixture
def service(running: SharingService) -> SharingService:
    """The service as it is at first: one identity card on record."""
    running.held.clear()
    running.files.clear()
    running.misbehave.clear()
    running.asked.clear()
    code = certificate_type("id_card").code
    assert code is not None
    running.held[NUMBER, code] = [dict(ROW)]
    return running


def gateway(
    service: SharingService, *, token: str = TOKEN, seconds: float = 60.0
) -> HttpCertificates:
    """A gateway to the service that waits long enough for a slow machine."""
    opener = SoftwareSm2(PRIVATE_KEY)
    return HttpCertificates(service.url, ACCESS_ID, token, opener, timeout_seconds=seconds)


def find(through: HttpCertificates, type_id: str = "id_card", number: str = NUMBER) -> FindAnswer:
    """Ask for one type of one person."""
    query = HolderQuery(HolderCode.CITIZEN, number, certificate_type(type_id))
    return through.find_by_holder(query, ERRAND)


@pytest.mark.policy("P33", "P37")
def test_a_certificate_is_found_and_reduced_to_its_fields(service: SharingService) -> None:
    """Days, state and fields are understood; what the type does not list is dropped."""
    answer = find(gateway(service))
    assert isinstance(answer, Held)
    (held,) = answer.certificates
    assert held.identifier == IDENTIFIER
    assert held.state is CertificateState.VALID
    assert (held.issued_on, held.valid_from) == (date(2019, 5, 6), date(2019, 5, 6))
    assert held.valid_until == date(2039, 5, 6)
    assert held.content["address"] == "阿图什市示例路1号"
    assert "不应保留" not in held.content.values()


def test_every_question_says_why(service: SharingService) -> None:
    """Holder, type and cause are sent; the cause names purpose, item, case, leave and operator."""
    find(gateway(service))
    (asked,) = service.asked
    assert (asked["holderCode"], asked["holderTypeCode"]) == (NUMBER, "111")
    assert (
        asked["useCause"] == "查看本人证照；事项SAMPLE-RS-01；办件A-1；授权grant-1；经办resident:01"
    )


def test_a_cause_is_never_too_long() -> None:
    """A long purpose gives way, the rest is kept."""
    told = cause(Errand("用" * 300, "staff:01", "ITEM"))
    assert len(told) == LONGEST_CAUSE
    assert told.endswith("；事项ITEM；经办staff:01")


def test_nothing_on_record_is_an_answer(service: SharingService) -> None:
    """No certificate is told as such and is no failure."""
    assert find(gateway(service), number="65300119850615002X") == NothingHeld()


def test_a_type_without_a_code_is_not_asked_for(service: SharingService) -> None:
    """Nobody makes up a type code: the question is not sent."""
    assert find(gateway(service), "driving_licence") == NotElectronicYet()
    assert service.asked == []


def test_a_wrong_token_is_refused_by_code(service: SharingService) -> None:
    """The service's own code comes through."""
    assert find(gateway(service, token="another-token-that-is-not-known")) == SourceRefused("401")


@pytest.mark.parametrize(
    "wrong",
    [
        "gateway", "no_json", "list", "data_list", "no_hex", "other_key", "altered",
        "off_curve", "short", "nonsense", "no_issuer",
    ],
)  # fmt: skip
def test_what_cannot_be_believed_is_no_answer(service: SharingService, wrong: str) -> None:
    """Altered, cut, encrypted for somebody else or without its elements: the source is down,
    and the next question is asked as if nothing had been."""
    through = gateway(service)
    service.misbehave.append(wrong)
    assert find(through) == SourceDown()
    assert isinstance(find(through), Held)


def test_an_answer_that_comes_too_late_is_none(service: SharingService) -> None:
    """A person waits a limited time."""
    service.misbehave.append("slow")
    assert find(gateway(service, seconds=0.1)) == SourceDown()


def test_a_failing_source_is_left_alone_for_a_while(service: SharingService) -> None:
    """After five failures nothing is sent for half a minute; then it is asked again."""
    through = gateway(service)
    service.misbehave.extend(["gateway"] * 5)
    with clock.frozen(NOON):
        for _ in range(6):
            assert find(through) == SourceDown()
        assert len(service.asked) == 5
    with clock.frozen(NOON + timedelta(seconds=31)):
        assert isinstance(find(through), Held)


def test_nobody_there_is_no_answer() -> None:
    """A service that does not run is down."""
    nowhere = SharingService(url="http://127.0.0.1:9/province")
    assert find(gateway(nowhere)) == SourceDown()


@pytest.mark.parametrize("state", ["99", "", "有效"])
def test_a_state_that_nobody_explained_is_none(service: SharingService, state: str) -> None:
    """Such a certificate is on record, and not shown as good."""
    for rows in service.held.values():
        rows[0]["ZZZT"] = state
    answer = find(gateway(service))
    assert isinstance(answer, Held)
    assert answer.certificates[0].state is None


@pytest.mark.parametrize(
    ("tag", "value"), [("ZZBS", IDENTIFIER[:-1] + "J"), ("ZZBFRQ", "yesterday"), ("ZZBFJG", "")]
)
def test_elements_that_cannot_stand_make_no_certificate(
    service: SharingService, tag: str, value: str
) -> None:
    """A wrong check, a day that is none, no issuer: not believed."""
    for rows in service.held.values():
        rows[0][tag] = value
    assert find(gateway(service)) == SourceDown()


def test_without_an_end_it_is_valid_for_ever(service: SharingService) -> None:
    """长期 is no last day."""
    for rows in service.held.values():
        rows[0]["ZZYXQJZRQ"] = "长期"
    answer = find(gateway(service))
    assert isinstance(answer, Held)
    assert answer.certificates[0].valid_until is None


def test_files_are_fetched_and_verified(service: SharingService) -> None:
    """The issuer's file comes as it is, a missing one is told, and its own are recognised."""
    service.files[IDENTIFIER, "png"] = b"\x89PNG of the issuer"
    through = gateway(service)
    fetched = through.fetch_file(IDENTIFIER, FileKind.PNG, ERRAND)
    assert fetched == FetchedFile(b"\x89PNG of the issuer", "image/png")
    assert through.fetch_file(IDENTIFIER, FileKind.OFD, ERRAND) == NoFile()
    assert through.verify_file(b"\x89PNG of the issuer", ERRAND) == FileVerdict(True, "1")
    assert through.verify_file(b"another", ERRAND) == FileVerdict(False, "0")


@pytest.mark.policy("P39")
def test_a_use_is_reported_without_a_place(service: SharingService) -> None:
    """The issuer learns scene and time, and not where."""
    through = gateway(service)
    assert through.report_use(IDENTIFIER, Use("lodging", NOON), ERRAND) == Reported()
    (asked,) = service.asked
    assert asked["useTime"] == "2026-11-20 12:00:00"
    assert set(asked) == {"operation", "certIdentifier", "scene", "useTime", "useCause"}

"""One's own certificates at a terminal: found for card or phone, printed, printed again as 重打."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.certificates.models import AnnotatedCopy
from kiosk_server.core.identifiers import new_id
from kiosk_server.printing.models import PrintJob
from kiosk_ui.outside import EXTENSION
from tests.support.kiosk_person import AYGUL, MEMET, Person
from tests.support.one_code import phone_of, scan, scanning, shown_by
from tests.support.terminal_client import database_of
from tests.support.wallets import FilledPlatform, QuickPress, licence

ROW = "/kiosk/notice?errand=wallet"
WALLET = "/kiosk/wallet"


@pytest.fixture
def press(counter: Flask) -> QuickPress:
    """What was set instead of being printed."""
    return QuickPress()


@pytest.fixture
def at(person: Person, press: QuickPress, counter: Flask) -> Person:
    """Aygul before a terminal with a scanner, in a city where she holds a driving licence."""
    outside = counter.extensions[EXTENSION]
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    tools = outside.copy_tools
    outside.__dict__["platform"] = platform
    outside.__dict__["copy_tools"] = type(tools)(press, tools.seals, tools.origin)
    scanning(person.terminal)
    return person.start()


def by_card(at: Person, card: dict[str, str] = AYGUL) -> Person:
    """Choose the row, agree, take the card rather than the phone."""
    at.open(ROW).touch("/kiosk/notice")
    assert at.path == "/kiosk/one-code"
    at.open("/kiosk/card").place_card(card)
    return at.touch("/kiosk/wallet/fetch") if at.path == WALLET else at


def certificate(at: Person) -> str:
    """The address of the one certificate on the page."""
    found = re.search(r'href="(/kiosk/wallet/[0-9a-z]{26})"', at.answer.text)
    assert found, at.path
    return found.group(1)


def fails(at: Person) -> None:
    """The sheet jams."""
    job = next(want["job"] for want in at.wants() if want["kind"] == "print_a4")
    assert at.report(job, 1, "not_printed", trouble="jam").status_code == 200


def jobs(at: Person) -> list[PrintJob]:
    """Every job, the oldest first."""
    with database_of(at.terminal.app).reading() as session:
        return list(session.scalars(select(PrintJob).order_by(PrintJob.id)))


@pytest.mark.policy("P44")
def test_a_copy_for_a_purpose_is_printed_for_the_card(at: Person, press: QuickPress) -> None:
    """The purpose is on the paper, the number on no screen; the way leads back to the wallet."""
    by_card(at)
    assert "653001199003070022" not in at.answer.text
    address = certificate(at)
    at.open(address).touch(address, purpose="school")
    assert at.path == "/kiosk/printing"
    [paper] = press.papers
    assert paper.annotation is not None
    assert paper.annotation.purpose == "入学"
    at.print_whole()
    at.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    assert at.path == WALLET
    with database_of(at.terminal.app).reading() as session:
        assert session.scalars(select(AnnotatedCopy)).one().pdf_file_id == jobs(at)[0].file_id


@pytest.mark.policy("P44")
def test_the_phone_opens_the_wallet_in_place_of_the_card(at: Person, press: QuickPress) -> None:
    """Signed in by the phone's code; the mere view says that it is no more."""
    phone = phone_of(at.terminal.app)
    at.open(ROW).touch("/kiosk/notice")
    scan(at, shown_by(phone)["address"])
    at.open("/kiosk/one-code").touch("/kiosk/one-code/finish")
    assert at.path == WALLET
    at.touch("/kiosk/wallet/fetch")
    at.open(certificate(at)).touch(at.path, purpose="own")
    [paper] = press.papers
    assert (paper.annotation, paper.reprint) == (None, False)


def test_a_paper_that_did_not_come_out_is_printed_once_more(at: Person, press: QuickPress) -> None:
    """The second says 重打 and names the same copy; there is no third."""
    by_card(at)
    address = certificate(at)
    at.open(address).touch(address, purpose="bank")
    fails(at)
    at.open(WALLET)
    assert "没有打出来" in at.answer.text
    at.touch("/kiosk/wallet/again")
    first, second = press.papers
    assert second.reprint
    assert first.annotation is not None
    assert second.annotation is not None
    assert second.annotation.number == first.annotation.number
    assert [job.reprint for job in jobs(at)] == [False, True]
    fails(at)
    at.open(WALLET)
    assert "/kiosk/wallet/again" not in at.answer.text
    assert "没有打出来" in at.answer.text


def test_a_copy_made_on_the_phone_is_printed_as_it_is(at: Person, press: QuickPress) -> None:
    """It stands among the certificates with its purpose; it is not set a second time."""
    by_card(at)
    address = certificate(at)
    at.open(address).touch(address, purpose="work").touch("/kiosk/end")
    by_card(at.start())
    found = re.search(r'href="(/kiosk/wallet/copies/[0-9a-z]{26})"', at.answer.text)
    assert found
    assert "就业" in at.answer.text
    at.open(found.group(1)).touch(found.group(1))
    assert at.path == "/kiosk/printing"
    assert len(press.papers) == 1


@pytest.mark.policy("P44")
def test_nobody_prints_what_is_anothers(at: Person, press: QuickPress) -> None:
    """A certificate or copy by its id opens for its holder alone; nothing opens before the card."""
    by_card(at)
    address = certificate(at)
    at.open(address).touch(address, purpose="work").touch("/kiosk/end")
    with database_of(at.terminal.app).reading() as session:
        copy_id = session.scalars(select(AnnotatedCopy.id)).one()
    at.start().open(address)
    assert at.path == "/kiosk/services"
    by_card(at, MEMET)
    for theirs in (address, f"/kiosk/wallet/copies/{copy_id}", f"{WALLET}/{new_id()}"):
        assert at.open(theirs).answer.status_code == 404, theirs
    token = at.form("/kiosk/end")[1]
    assert at.terminal.post(address, form={**token, "purpose": "own"}).status_code == 404
    assert len(press.papers) == 1


@pytest.mark.policy("P44")
def test_who_was_known_for_a_service_is_asked_again(at: Person) -> None:
    """Whoever finds a visit left open is asked for card or phone before a certificate is shown."""
    at.agree("SAMPLE-RS-01").place_card(AYGUL)
    at.open(ROW).touch("/kiosk/notice")
    assert at.open(WALLET).path == "/kiosk/card"


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(at: Person, language: str) -> None:
    """From the row to the printer each page passes the inspection in the visit's language."""
    at.touch("/kiosk/end").start(language)
    by_card(at)
    at.open(certificate(at)).touch(at.path, purpose="housing")
    fails(at)
    assert at.open(WALLET).path == WALLET

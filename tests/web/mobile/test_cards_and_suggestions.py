"""Digital cards and suggestions: on consent, chosen by their owner, ended by a touch."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import enter_organisation, organisation
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.certificates.rights import Basis, Proof, RightKind, give, revoke_right
from kiosk_server.core import clock
from kiosk_server.suggestions.rules import Known, KnownCase, KnownCertificate, Tag, tags_of
from tests.support.inspect_page import faults_of, inspect
from tests.support.owner import owner, resident_of
from tests.support.phone import AYGUL, MEMET, PhoneBrowser
from tests.support.wallets import COMPANY

TODAY = date(2026, 11, 20)
FIRM = "测试商贸有限公司"


@pytest.fixture
def mine(app: Flask) -> PhoneBrowser:
    """A phone with a licence in its wallet."""
    return owner(app)


def agreed(browser: PhoneBrowser, purpose: str, page: str) -> None:
    """Agree where it is asked for."""
    answer = browser.post(f"/m/consents/{purpose}/give", page, next=page)
    assert answer.headers["Location"] == page


def licence_id(browser: PhoneBrowser) -> str:
    with browser.database.reading() as session:
        return session.scalars(select(Certificate.id)).one()


def made(browser: PhoneBrowser, **wish: str) -> str:
    """Make a card; return its address on the phone."""
    answer = browser.post("/m/cards/new", "/m/cards/new", **wish)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def public_address(browser: PhoneBrowser) -> str:
    """Where the card's code leads, by its token."""
    from kiosk_server.showing import cards  # noqa: PLC0415

    with browser.database.reading() as session:
        (one, *_) = cards.cards_of(session, resident_of(browser))
    return f"/c/{one.token}"


@pytest.mark.policy("P44", "P34")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_a_card_shows_what_its_owner_chose_and_no_number(mine: PhoneBrowser, language: str) -> None:
    """Asked for first; whoever scans sees name and proofs; the look at them stands in the log."""
    mine.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    assert "/m/cards/new" not in mine.get("/m/cards").text
    assert mine.get("/m/cards/new").headers["Location"] == "/m/cards"
    agreed(mine, "digital_card", "/m/cards")
    inspect(mine.get("/m/cards"))
    inspect(mine.get("/m/cards/new"))
    card = made(mine, name="masked", proofs=licence_id(mine))
    inspect(mine.get(card))
    stranger = mine.app.test_client()
    address = f"{public_address(mine)}?lang={language}"
    seen = stranger.get(address)
    assert seen.status_code == 200
    policy = seen.headers["Content-Security-Policy"]
    assert faults_of(seen.text, policy, help_phone="") == []
    assert "测***" in seen.text or "测" in seen.text
    assert AYGUL["name"] not in seen.text
    assert AYGUL["number"] not in seen.text
    with mine.database.reading() as session:
        assert session.scalars(select(UsageRecord)).all() == []
    token = re.search(r'name="csrf_token" value="([^"]+)"', seen.text)
    assert token is not None
    looked = stranger.post(address, data={"csrf_token": token.group(1)})
    assert looked.status_code == 200
    assert AYGUL["number"] not in looked.text
    with mine.database.reading() as session:
        (use,) = session.scalars(select(UsageRecord)).all()
    assert (use.channel, use.outcome, use.organisation_id) == ("card", "genuine", None)
    assert mine.get("/m/uses").status_code == 200


@pytest.mark.policy("P44")
def test_a_card_ends_by_a_touch_and_with_its_consent(mine: PhoneBrowser) -> None:
    """Stopped, its code leads to nothing; a consent taken back stops all at once."""
    agreed(mine, "digital_card", "/m/cards")
    card = made(mine, name="full")
    first = public_address(mine)
    assert AYGUL["name"] in mine.app.test_client().get(first).text
    assert mine.post(f"{card}/stop", card).headers["Location"] == "/m/cards"
    gone = mine.app.test_client().get(first)
    assert gone.status_code == 404
    assert AYGUL["name"] not in gone.text
    inspect(mine.get(card))
    made(mine, name="full")
    second = public_address(mine)
    mine.post("/m/consents/digital_card/withdraw", "/m/consents")
    assert mine.app.test_client().get(second).status_code == 404
    agreed(mine, "digital_card", "/m/cards")
    assert mine.app.test_client().get(second).status_code == 404


def test_an_organisation_stands_on_a_card_by_right_alone(mine: PhoneBrowser) -> None:
    """An agent may name it; when his right ends its name is gone from the card."""
    agreed(mine, "digital_card", "/m/cards")
    with mine.database.unit_of_work() as session:
        firm = organisation(enter_organisation(session, code=COMPANY, name=FIRM).id)
    assert mine.post("/m/cards/new", "/m/cards/new", name="none", organisation=firm.id).status_code
    assert FIRM not in mine.get("/m/cards").text
    with mine.database.unit_of_work() as session:
        right = give(
            session,
            resident_of(mine),
            RightKind.AGENT,
            firm,
            Proof(Basis.BUSINESS_LICENCE, "TEST-1"),
            until=clock.beijing_today() + timedelta(days=30),
            by=SYSTEM,
        )
    made(mine, name="none", organisation=firm.id)
    address = public_address(mine)
    assert FIRM in mine.app.test_client().get(address).text
    with mine.database.unit_of_work() as session:
        revoke_right(session, right.id, by=SYSTEM)
    assert FIRM not in mine.app.test_client().get(address).text


def test_nobody_makes_or_sees_anothers_card(app: Flask, mine: PhoneBrowser) -> None:
    """A stranger's certificate cannot be put on a card, and a stranger finds no card of mine."""
    agreed(mine, "digital_card", "/m/cards")
    card = made(mine, name="full", proofs=licence_id(mine))
    other = PhoneBrowser(app, number="13800000002")
    other.sign_in()
    told = {"name": MEMET["name"], "identity_number": MEMET["number"]}
    other.post("/m/me/prove/name", "/m/me/prove", **told)
    agreed(other, "digital_card", "/m/cards")
    assert other.get(card).status_code == 404
    assert other.post(f"{card}/stop", "/m/cards/new").status_code == 404
    theirs = other.post("/m/cards/new", "/m/cards/new", name="full", proofs=licence_id(mine))
    assert theirs.status_code == 404
    empty = other.post("/m/cards/new", "/m/cards/new", name="none")
    assert empty.status_code == 422
    inspect(empty)
    assert app.test_client().get("/c/" + "A" * 22).status_code == 404
    assert app.test_client().get("/c/<script>").status_code == 404


@pytest.mark.policy("P44", "P37")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_suggestions_stand_under_their_reason_and_are_switched_off(
    mine: PhoneBrowser, language: str
) -> None:
    """Nothing without consent; each under why; a reason switched off suggests nothing more."""
    mine.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    with mine.database.unit_of_work() as session:
        one = session.scalars(select(Certificate)).one()
        one.valid_until = clock.beijing_today() + timedelta(days=20)
    page = mine.get("/m/suggestions")
    inspect(page)
    assert licence_id(mine) not in page.text
    agreed(mine, "suggestions", "/m/suggestions")
    page = mine.get("/m/suggestions")
    inspect(page)
    assert f"/m/certificates/{licence_id(mine)}" in page.text
    mine.post("/m/suggestions/ends_soon/off", "/m/suggestions")
    off = mine.get("/m/suggestions").text
    assert f"/m/certificates/{licence_id(mine)}" not in off
    assert "/m/suggestions/ends_soon/on" in off
    mine.post("/m/suggestions/ends_soon/on", "/m/suggestions")
    assert f"/m/certificates/{licence_id(mine)}" in mine.get("/m/suggestions").text
    assert mine.post("/m/suggestions/no_such/on", "/m/suggestions").status_code == 404


def certificate(**changes: object) -> KnownCertificate:
    """A certificate as rules see it."""
    known = {
        "id": "c",
        "type_id": "driving_licence",
        "days_left": 100,
        "genuine": True,
        "issued_here": False,
    }
    return KnownCertificate(**{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "tags"),
    [
        (Known(TODAY), set()),
        (Known(TODAY, [certificate()]), set()),
        (Known(TODAY, [certificate(days_left=60)]), {Tag.ENDS_SOON}),
        (Known(TODAY, [certificate(days_left=61)]), set()),
        (Known(TODAY, [certificate(days_left=10, genuine=False)]), set()),
        (Known(TODAY, [certificate(days_left=-1, genuine=False)]), {Tag.ENDED}),
        (Known(TODAY, [certificate(days_left=7, issued_here=True)]), {Tag.PROOF_RUNS_OUT}),
        (Known(TODAY, [certificate(days_left=8, issued_here=True)]), set()),
        (Known(TODAY, cases=[KnownCase("k", True, TODAY - timedelta(30))]), {Tag.CASE_REFUSED}),
        (Known(TODAY, cases=[KnownCase("k", True, TODAY - timedelta(31))]), set()),
        (Known(TODAY, cases=[KnownCase("k", False, TODAY)]), set()),
        (Known(TODAY, children=1, firms=2), {Tag.HAS_CHILD, Tag.SPEAKS_FOR_FIRM}),
    ],
)
def test_a_tag_fits_by_a_fixed_rule(known: Known, tags: set[Tag]) -> None:
    """The same facts give the same tags, and nothing else is looked at."""
    assert set(tags_of(known)) == tags


@pytest.mark.policy("P37")
def test_rules_see_no_field_of_a_person() -> None:
    """What a rule is given has no room for a name, a number or an ethnic group."""
    fields = set(KnownCertificate.__dataclass_fields__) | set(KnownCase.__dataclass_fields__)
    assert fields == {
        "id",
        "type_id",
        "days_left",
        "genuine",
        "issued_here",
        "refused",
        "decided_on",
    }

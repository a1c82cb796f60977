"""
A phone with something on every page: wallet, codes, copies, cases, objections, cards, questions.

`World(app)` makes it; `address(rule)` fills one route's variable parts with what it made.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.bills.queries import payments_of_order
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.templates import enter_template
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.objection_rules import Scene
from kiosk_server.certificates.refusals import Incident, report
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.credentials import keys
from kiosk_server.credentials.signs import sign_code
from kiosk_server.deliveries.models import ResidentAddress
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.partners.signs import SignWish, make_sign, sign_of
from kiosk_server.residents import consents
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.consents import Purpose
from kiosk_server.residents.models import AccountPhone, PhoneAccount
from kiosk_server.residents.phones import PhoneHolder, view_of
from kiosk_server.results.rules import ResultWay
from kiosk_server.showing.codes import ShowWish, make_code
from kiosk_server.showing.looking_up import Redeemed, redeem
from kiosk_server.showing.requests import Wanted, ask_by_sign
from kiosk_server.showing.rules import ANYBODY, Looker, ShowTerms
from kiosk_server.showing.staff_looks import StaffReason, look_as_staff
from kiosk_server.visits.models import CarriedForm, PhonePass, Visit
from kiosk_server.visits.pass_life import PassErrand, PassState, PassWay
from tests.support.counter import AYGUL as AT_COUNTER
from tests.support.counter import SITE, TERMINAL, Counter
from tests.support.owner import choose_pin, owner
from tests.support.phone import PhoneBrowser, carry_out
from tests.support.result_desk import Desk
from tests.support.verifying import ADMINISTRATOR, Hotel

SERVICES = "services=insurance-record"
CLERK = Actor("staff", "clerk-of-this-test")
LIFE = timedelta(hours=2)


@dataclass
class World:
    """Everything that a page of the phone can show, for one person."""

    app: Flask
    parts: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    """What stands behind the `?` of a route, where its page needs it."""
    owed: dict[str, str] = field(default_factory=dict)
    """Routes that have a page for a case whose paper is paid for, and was not printed."""

    def __post_init__(self) -> None:
        database = self.app.extensions["kiosk_database"]
        settings = self.app.extensions["kiosk_settings"]
        counter = Counter(database, settings).open()
        self.parts["case_id"] = counter.comes_to_paper(AT_COUNTER)[1]
        self.parts["guide_code"] = "SAMPLE-G-29"
        self.browser: PhoneBrowser = owner(self.app, level=Level.CARD)
        choose_pin(self.browser)
        self._make_rows()
        self._make_by_forms()
        self._make_with_verifiers()
        self._make_at_terminals()
        self._make_bookings()
        self._make_bills()
        self._make_parcels()
        self._make_result(Desk(counter))
        self.kept = [*self._cookie(self.browser, "m_session", "/m"), *self._asked_code()]

    def address(self, rule: str) -> str:
        """Return a concrete address of a route: `/m/cases/<case_id>` with a case of this world."""
        address = rule.replace("<case_id>", self.owed.get(rule, "<case_id>"))
        for name, value in self.parts.items():
            address = address.replace(f"<{name}>", value)
        assert "<" not in address, f"this world has nothing for {rule}"
        return address + self.asked.get(rule, "")

    def cookies(self, origin: str) -> list[Mapping[str, str]]:
        """Return what makes a real browser this phone, with a sign-in code on its way besides."""
        return [
            {"name": name, "value": value, "url": f"{origin}{path}/"}
            for name, path, value in self.kept
        ]

    def holder(self) -> PhoneHolder:
        """This phone, as rooms know it."""
        with self.browser.database.reading() as session:
            phone = session.scalars(select(AccountPhone)).one()
            return view_of(session.get_one(PhoneAccount, phone.account_id), phone)

    def _asked_code(self) -> list[tuple[str, str, str]]:
        other = PhoneBrowser(self.app, number="13800000044")
        other.post("/m/sign-in", "/m/sign-in", number=other.number, next="/m/")
        # Once the message has arrived the page waits for nothing and stays as it is.
        carry_out(other.database, other.settings)
        return self._cookie(other, "m_code", "/m/sign-in")

    def _cookie(self, browser: PhoneBrowser, name: str, path: str) -> list[tuple[str, str, str]]:
        kept = browser.client.get_cookie(name, path=path)
        assert kept is not None, name
        return [(name, path, kept.value)]

    def _make_rows(self) -> None:
        holder = self.holder()
        assert holder.resident_id is not None
        with self.browser.database.unit_of_work() as session:
            wanted = select(Certificate).where(Certificate.type_id == "driving_licence")
            licence = session.scalars(wanted).one()
            licence.valid_until = clock.beijing_today() + timedelta(days=20)
            self.parts["certificate_id"] = licence.id
            for purpose in Purpose:
                consents.give(session, holder.resident_id, purpose, by=SYSTEM)
            incident = Incident("driving_licence", Scene.LODGING, "测试宾馆", "只收原件（测试）")
            made = report(session, holder.resident_id, incident, by=holder.actor)
            self.parts["report_id"] = made.id
            facts = {"type": "driving_licence", "day": "2026-12-15"}
            tell(session, holder.resident_id, Topic.CERTIFICATE_EXPIRING, licence.id, **facts)
            look_as_staff(session, licence.id, StaffReason.COMPLAINT, "测试投诉", by=CLERK)

    def _make_by_forms(self) -> None:
        one = self.parts["certificate_id"]
        picture = BytesIO()
        Image.new("RGB", (40, 30), "white").save(picture, "PNG")
        form = f"/m/certificates/{one}"
        self.parts["objection_id"] = self._leads(
            f"{form}/objection",
            field="vehicle_class",
            words="应该是 C2（测试）",
            evidence=(BytesIO(picture.getvalue()), "picture.png"),
        )
        self.parts["copy_id"] = self._leads(
            f"{form}/copy", purpose="办理入住（测试）", fields="vehicle_class", days="7"
        )
        self.parts["card_id"] = self._leads("/m/cards/new", name="masked", proofs=one)
        with self.browser.database.unit_of_work() as session:
            code = make_code(session, self.holder(), ShowWish(one, "transport"), ShowTerms())
            # Somebody has looked: what its page says stays so, and nothing reloads it.
            assert isinstance(redeem(session, code.token, ANYBODY), Redeemed)
            self.parts["code_id"] = code.id

    def _leads(self, form: str, **fields: object) -> str:
        answer = self.browser.post(form, form, **fields)  # type: ignore[arg-type]
        assert answer.status_code == 303, (form, answer.text)
        return answer.headers["Location"].rsplit("/", 1)[1]

    def _make_with_verifiers(self) -> None:
        database = self.browser.database
        hotel = Hotel(database, "测试客运站", scenes=("transport",))
        with database.unit_of_work() as session:
            keys.rotate(session, by=SYSTEM)
            wish = SignWish("二号窗口", "transport", "购票核对")
            sign = make_sign(session, hotel.id, wish, by=ADMINISTRATOR).id
            self.parts["code"] = sign_code(session, sign_of(session, sign))
            looker = Looker(hotel.id, hotel.name, scenes=frozenset({"transport"}))
            asked = Wanted(("vehicle_class",), "购票核对", "transport")
            one = self.parts["certificate_id"]
            found = ask_by_sign(session, self.holder(), one, looker, asked)
            found.expires_at = clock.now() + LIFE
            self.parts["request_id"] = found.id

    def _make_at_terminals(self) -> None:
        holder, token, form = self.holder(), new_token(128), new_id()
        with self.browser.database.unit_of_work() as session:
            visit = session.scalars(select(Visit)).first()
            assert visit is not None
            for way, state, phone in (
                (PassWay.ASKED, PassState.OPEN, None),
                (PassWay.ASKED, PassState.CLAIMED, holder.phone_id),
            ):
                row = PhonePass(
                    id=new_id(),
                    token_digest=digest(token if phone is None else new_token(128)),
                    way=way.value,
                    errand=PassErrand.SIGN_IN.value,
                    state=state.value,
                    phone_id=phone,
                    resident_id=holder.resident_id if phone else None,
                    terminal_id=TERMINAL,
                    site_id=SITE,
                    number="42",
                    made_at=clock.now(),
                    expires_at=clock.now() + LIFE,
                )
                session.add(row)
            session.add(
                CarriedForm(
                    id=form,
                    resident_id=holder.resident_id,
                    item_version_id=visit.item_version_id,
                    answers_sealed=keyring_of(session).seal(
                        "{}", table="visit_carried_form", column="answers", row=form
                    ),
                    carried_at=clock.now(),
                    expires_at=clock.now() + LIFE,
                )
            )
        self.parts |= {"token": token, "form_id": form, "pass_id": row.id}

    def _make_bookings(self) -> None:
        terms = booking_terms(self.browser.settings)
        with self.browser.database.unit_of_work() as session:
            for weekday in range(1, 6):
                enter_template(
                    session,
                    SITE,
                    "social-insurance",
                    weekday=weekday,
                    spell=(time(10), time(13)),
                    minutes=15,
                    capacity=2,
                    walk_in=1,
                )
            fit_ahead(session, SITE, terms=terms)
        days = f"/m/book/day?{SERVICES}&site={SITE}"
        day = re.findall(r"day=([0-9-]{10})", self.browser.get(days).text)[-1]
        times = f"/m/book/time?{SERVICES}&site={SITE}&day={day}"
        slot = re.search(r'name="slot_id" value="(\w+)"', self.browser.get(times).text)
        assert slot is not None
        wish = {"services": "insurance-record", "site": SITE, "day": day, "slot_id": slot[1]}
        page = self.browser.post("/m/book/hold", times, **wish).headers["Location"]
        assert self.browser.post(f"{page}/confirm", page).status_code == 303
        self.parts |= {"booking_id": page.rsplit("/", 1)[1], "site_id": SITE}
        self.asked = {
            "/m/book/place": f"?{SERVICES}",
            "/m/book/day": days.partition("/m/book/day")[2],
            "/m/book/time": times.partition("/m/book/time")[2],
        }

    def _make_bills(self) -> None:
        """Two months of water, which are remembered and stand in an order."""
        page = "/m/bills/sample-water"
        owed = self.browser.post(page, page, account="1010000001", keep="yes").text
        fields = {
            "accounts": "1010000001",
            "found": re.findall(r'name="found" value="(\w+)"', owed),
        }
        token = re.search(r'name="csrf_token" value="([^"]+)"', owed)
        assert token is not None
        sent = {**fields, "bills": fields["found"], "csrf_token": token[1]}
        order = self.browser.client.post(f"{page}/pay", data=sent).headers["Location"]
        with self.browser.database.reading() as session:
            payment = payments_of_order(session, order.rsplit("/", 1)[1])[0]
        self.parts |= {"biller_code": "sample-water", "payment_id": payment.id}

    def _make_parcels(self) -> None:
        """An address, and papers whose postage is owed: a parcel and an order to be let go."""
        form = {"recipient": "测试·阿依古丽", "phone": "13800000001", "street": "示例巷 2 号"}
        divisions: dict[str, Any] = {"division": ["653001", "653001101"]}
        self.browser.post("/m/addresses/new", "/m/addresses/new", **form, **divisions)
        with self.browser.database.reading() as session:
            address = session.scalars(select(ResidentAddress.id)).one()
        page = "/m/deliveries/new"
        sent = {"site": SITE, "address_id": address, "piece": "户口簿（测试）", "original": "0"}
        parcel = self.browser.post(page, page, **sent, step="send", payer="prepaid")
        leads = parcel.headers["Location"]
        order = re.search(r'href="/m/payments/(\w+)"', self.browser.get(leads).text)
        assert order is not None
        self.browser.post(f"/m/payments/{order[1]}/window", leads)
        self.parts |= {
            "address_id": address,
            "delivery_id": leads.rsplit("/", 1)[1],
            "order_id": order[1],
        }

    def _make_result(self, desk: Desk) -> None:
        """A paper that is paid for, and may still be sent, or given up for its money."""
        case = desk.decided(AT_COUNTER)[1]
        desk.chooses(case, ResultWay.HERE)
        desk.pays(case)
        self.owed = {f"/m/cases/<case_id>/{page}": case for page in ("send", "money-back")}

"""
Every page and every button of the console, tried by staff of another division.

The routes are taken from the application itself: one that is added later is tried as well, with a
made-up id where nothing of its kind is known here.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from kiosk_server.assets import keepers
from kiosk_server.assets.check_papers import keep_paper
from kiosk_server.assets.checks import Check, Verdict, keep_check
from kiosk_server.assets.keepers import Place
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.commands.models import Command
from kiosk_server.commands.rules import CommandKind, Wish
from kiosk_server.commands.services import ask
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.staff.queries import colleague_called
from kiosk_server.upkeep import on_call
from kiosk_server.upkeep.causes import TERMINAL, Severity
from kiosk_server.upkeep.models import Alert
from kiosk_server.visits.help_life import HelpState
from kiosk_server.visits.models import HelpRequest, Visit
from kiosk_server.work_orders.models import WorkOrderPhoto
from kiosk_server.work_orders.rules import Trouble
from kiosk_server.work_orders.services import Wish as OrderWish
from kiosk_server.work_orders.services import open_by_hand
from tests.support.kiosk_person import Person, ready_terminal
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import SignedTerminal

CENTRE, CITY = "atushi-centre", "653001"
REFUSALS = ("staff.refused", "visit.help_refused")
_ANY = re.compile(r"<any\(([^)]*)\):\w+>")
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_CHOSEN = {"task": "load_a4", "verb": "assign"}
"""What stands for itself: a picture's name, a verb of an order."""
_MADE_UP = "0" * 26
_NO_WINDOW = "/staff/window"
"""Where whoever sits at no window is sent before anything is looked up: to choose one of his."""


@dataclass(frozen=True)
class Foreign:
    """Things of the city's centre, each by the name that routes have for it."""

    ids: dict[str, str]

    def paths(self, rule: Rule) -> list[str]:
        """The addresses under *rule* that lead to them."""
        parts = _ANY.split(rule.rule)
        words = [each.split(", ") if at % 2 else [each] for at, each in enumerate(parts)]
        room = rule.rule.split("/")[2]
        named = {**_CHOSEN, **self.ids, "order_id": self.ids.get(f"{room}.order_id", _MADE_UP)}
        return [
            _PART.sub(lambda part: named.get(part.group(1), _MADE_UP), "".join(chosen))
            for chosen in product(*words)
        ]


@pytest.fixture
def foreign(app: Flask) -> Foreign:
    """A terminal of the centre with one of everything that staff can look at or touch."""
    seed(app)
    terminal = ready_terminal(SignedTerminal(app, site_id=CENTRE))
    # Somebody stands before it: a clerk's help is asked for in a visit.
    Person(terminal).start()
    with database_of(app).unit_of_work() as session:
        weihu = colleague_called(session, "weihu")
        assert weihu is not None
        by = Actor("staff", weihu.id)
        ids = {
            "terminal_id": terminal.id,
            **_orders(session, terminal.id, by),
            **_people(session, weihu.id, by),
            "alert_id": _alert(session, terminal.id),
            "request_id": _request(session, weihu.id),
        }
    return Foreign(ids)


def _orders(session: Session, terminal_id: str, by: Actor) -> dict[str, str]:
    wish = OrderWish(TERMINAL, Trouble.BEYOND_KEEPER, Severity.SERIOUS)
    order_id = open_by_hand(session, terminal_id, wish, by=by)
    photo = WorkOrderPhoto(
        id=new_id(), order_id=order_id, file_id=new_id(), by_id=by.id, at=clock.now()
    )
    session.add(photo)
    command = ask(session, [terminal_id], Wish(CommandKind.REBOOT), by=by)
    check = Check(new_id(), terminal_id, "readiness", {"a4": Verdict.GOOD}, clock.now())
    keep_check(session, check, by=by)
    keep_paper(session, terminal_id, check.id, b"%PDF-1.7 test")
    return {
        "work-orders.order_id": order_id,
        "photo_id": photo.id,
        "commands.order_id": command.id,
        "command_id": session.scalars(select(Command.id)).one(),
        "check_id": check.id,
    }


def _people(session: Session, staff_id: str, by: Actor) -> dict[str, str]:
    keeper = keepers.enter(
        session,
        Place(CENTRE),
        name="测试·古丽",
        phone="13900000001",
        language="ug",
        hours=(),
        by=by,
    )
    duty = on_call.enter(session, CITY, staff_id=staff_id, phone="13900000002", rank=1, by=by)
    return {"keeper_id": keeper, "duty_id": duty}


def _alert(session: Session, terminal_id: str) -> str:
    now = clock.now()
    alert = Alert(
        id=new_id(),
        terminal_id=terminal_id,
        site_id=CENTRE,
        device="a4_printer",
        kind="jam",
        severity=Severity.SERIOUS.value,
        suspected_at=now,
        opened_at=now,
        last_seen_at=now,
    )
    session.add(alert)
    return alert.id


def _request(session: Session, staff_id: str) -> str:
    request = HelpRequest(
        id=new_id(),
        visit_id=session.scalars(select(Visit.id)).one(),
        code_mac="0" * 64,
        state=HelpState.TAKEN,
        staff_id=staff_id,
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(minutes=10),
    )
    session.add(request)
    return request.id


def refusals(app: Flask) -> int:
    """How many refusals of staff stand in the audit."""
    with database_of(app).reading() as session:
        wanted = select(func.count()).where(
            AuditEntry.actor_kind == "staff", AuditEntry.event.in_(REFUSALS)
        )
        return session.scalar(wanted) or 0


def rules_of(app: Flask) -> list[Rule]:
    """The routes of the console that name a thing."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff/") and rule.arguments and "static" not in rule.endpoint
    ]


@pytest.mark.policy("P53")
@pytest.mark.parametrize("login", ["songtake", "guanliyuan"])
def test_what_is_not_mine_is_refused_and_written_down(
    app: Flask, foreign: Foreign, login: str
) -> None:
    """A township's technician and a keeper of another place open nothing of the city's centre."""
    stranger = StaffBrowser(app).sign_in(login)
    form = "/staff/mine" if login == "guanliyuan" else "/staff/"
    passed, silent = [], []
    for rule in rules_of(app):
        for path in foreign.paths(rule):
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                before = refusals(app)
                answer = (
                    stranger.get(path)
                    if method == "GET"
                    else stranger.post(path, form, name=foreign.ids["terminal_id"])
                )
                if answer.headers.get("Location") == _NO_WINDOW:
                    continue
                if answer.status_code not in (403, 404):
                    passed.append((method, path, answer.status_code))
                elif _MADE_UP not in path and refusals(app) == before:
                    silent.append((method, path))
    assert passed == []
    assert silent == []

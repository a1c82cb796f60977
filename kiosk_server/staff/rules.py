"""
Who may do what, where; how long a sign-in lasts; what makes a password.

Pure. The duties are kept apart as GB/T 22239 asks: who runs the machines does not read the audit,
who reads the audit changes nothing, who makes accounts does neither.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.core.errors import FieldFault


class Role(StrEnum):
    """What a member of staff is here for."""

    TECHNICIAN = "technician"
    CLERK = "clerk"
    EDITOR = "editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    KEEPER = "keeper"
    """终端管理员: a lobby manager or village cadre; he sees the machines of his own place alone."""


class Right(StrEnum):
    """One thing that a role allows, as `room.verb`."""

    TERMINALS_SEE = "terminals.see"
    TERMINALS_ENROL = "terminals.enrol"
    TERMINALS_LOCK = "terminals.lock"
    TERMINALS_REVOKE = "terminals.revoke"
    READERS_ACCEPT = "readers.accept"
    COMMANDS_ASK = "commands.ask"
    COMMANDS_APPROVE = "commands.approve"
    TERMINALS_MIND = "terminals.mind"
    ASSETS_KEEP = "assets.keep"
    ALERTS_SILENCE = "alerts.silence"
    ON_CALL_KEEP = "on_call.keep"
    WORK_ORDERS_OPEN = "work_orders.open"
    WORK_ORDERS_WORK = "work_orders.work"
    WORK_ORDERS_CHECK = "work_orders.check"
    CASES_SEE = "cases.see"
    IDENTITY_CONFIRM = "identity.confirm"
    OBJECTIONS_ANSWER = "objections.answer"
    BOOKINGS_WORK = "bookings.work"
    """Who comes to a site, and when it is open."""
    PAYMENTS_SETTLE = "payments.settle"
    """Differences of a day's money, and giving money back."""
    WINDOW_WORK = "window.work"
    """Taking and giving back money at a window, and handing results out."""
    QUEUE_WORK = "queue.work"
    """Calling people to a window, and giving numbers out there."""
    HOME_VISITS_WORK = "home_visits.work"
    """Where somebody old or disabled is visited."""
    DELIVERIES_WORK = "deliveries.work"
    """Parcels of a site that need a person."""
    CALENDAR_KEEP = "calendar.keep"
    USES_SEE = "uses.see"
    HOLDING_RIGHTS_KEEP = "holding_rights.keep"
    PARTNERS_KEEP = "partners.keep"
    CATALOGUE_EDIT = "catalogue.edit"
    AUDIT_SEE = "audit.see"
    OUTBOX_SEE = "outbox.see"
    OUTBOX_RETRY = "outbox.retry"
    STAFF_MANAGE = "staff.manage"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.TECHNICIAN: frozenset(
        {
            Right.TERMINALS_SEE,
            Right.TERMINALS_ENROL,
            Right.TERMINALS_LOCK,
            Right.TERMINALS_REVOKE,
            Right.READERS_ACCEPT,
            Right.COMMANDS_ASK,
            Right.COMMANDS_APPROVE,
            Right.ASSETS_KEEP,
            Right.ALERTS_SILENCE,
            Right.ON_CALL_KEEP,
            Right.WORK_ORDERS_OPEN,
            Right.WORK_ORDERS_WORK,
            Right.WORK_ORDERS_CHECK,
            Right.OUTBOX_SEE,
            Right.OUTBOX_RETRY,
        }
    ),
    Role.CLERK: frozenset(
        {
            Right.TERMINALS_SEE,
            Right.CASES_SEE,
            Right.IDENTITY_CONFIRM,
            Right.OBJECTIONS_ANSWER,
            Right.BOOKINGS_WORK,
            Right.QUEUE_WORK,
            Right.WINDOW_WORK,
            Right.PAYMENTS_SETTLE,
            Right.HOME_VISITS_WORK,
            Right.DELIVERIES_WORK,
            Right.USES_SEE,
            Right.HOLDING_RIGHTS_KEEP,
            Right.WORK_ORDERS_OPEN,
            Right.WORK_ORDERS_CHECK,
        }
    ),
    Role.EDITOR: frozenset({Right.CATALOGUE_EDIT, Right.CALENDAR_KEEP}),
    Role.AUDITOR: frozenset({Right.AUDIT_SEE}),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.STAFF_MANAGE,
            Right.PARTNERS_KEEP,
            Right.TERMINALS_SEE,
            Right.OUTBOX_SEE,
            Right.CALENDAR_KEEP,
        }
    ),
    Role.KEEPER: frozenset({Right.TERMINALS_MIND}),
}


@dataclass(frozen=True)
class Holder:
    """A signed-in member of staff, as far as rights are concerned."""

    staff_id: str
    name: str
    roles: tuple[Role, ...]
    division_code: str


def has(holder: Holder, right: Right) -> bool:
    """Return whether *holder* has *right* anywhere at all."""
    return any(right in RIGHTS[role] for role in holder.roles)


def may(holder: Holder, right: Right, division_code: str) -> bool:
    """Return whether *holder* has *right* in the division called *division_code*."""
    return has(holder, right) and covers(holder.division_code, division_code)


_LEVELS = (2, 4, 6, 9, 12)
"""Digits of GB/T 2260 and GB/T 10114: region, prefecture, county, township, village."""


def covers(upper: str, lower: str) -> bool:
    """Return whether division *lower* is *upper* or lies within it: `653000` covers `653001`."""
    stem = _stem(upper)
    return bool(stem) and lower.startswith(stem)


def _stem(code: str) -> str:
    for length in _LEVELS:
        if len(code) >= length and not code[length:].strip("0") and code[:length].strip("0"):
            return code[:length]
    return code


SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)
SECOND_STEP_LIFE = timedelta(minutes=5)


class Stage(StrEnum):
    """How far a sign-in has come."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    COMPLETE = "complete"


def session_holds(
    stage: Stage, created_at: datetime, last_seen_at: datetime, now: datetime
) -> bool:
    """Return whether a session of *stage* is still good *now*."""
    if stage is Stage.PASSWORD:
        return now - created_at < SECOND_STEP_LIFE
    return now - created_at < SESSION_LIFE and now - last_seen_at < SESSION_IDLE


SHORT_PASSWORD = 10
LONG_PASSWORD = 12
LONGEST_PASSWORD = 200


def password_faults(password: str, login: str) -> list[FieldFault]:
    """Return what is wrong with a new password: nothing for 12 characters, or 10 of three classes.

    A long one stands for itself; a shorter one mixes capitals, small letters, digits, signs.
    """
    classes: tuple[Callable[[str], bool], ...] = (
        str.isupper,
        str.islower,
        str.isdecimal,
        lambda character: not character.isalnum(),
    )
    variety = sum(any(known(character) for character in password) for known in classes)
    faults = []
    if len(password) > LONGEST_PASSWORD:
        faults.append(FieldFault("password", "too_long"))
    if len(password) < SHORT_PASSWORD or (len(password) < LONG_PASSWORD and variety < 3):
        faults.append(FieldFault("password", "too_weak"))
    if len(set(password)) < 5:
        faults.append(FieldFault("password", "too_uniform"))
    if login.casefold() in password.casefold():
        faults.append(FieldFault("password", "holds_the_login"))
    return faults


TOTP_SECONDS = 30


def totp_step_of(
    code: str, *, last_step: int, now: datetime, code_at: Callable[[int], str]
) -> int | None:
    """
    Return the half minute that a typed TOTP *code* (RFC 6238) stands for, or None.

    One half minute early or late is allowed; a half minute at or before *last_step* is not, so a
    code that was seen over a shoulder is worth nothing once used. *code_at* gives the code of a
    half minute, counted from 1970.
    """
    present = int(now.timestamp()) // TOTP_SECONDS
    found = None
    for step in (present - 1, present, present + 1):
        # Every candidate is compared, so that the time taken says nothing.
        same = hmac.compare_digest(code_at(step).encode(), code.encode())
        if same and step > last_step:
            found = step
    return found


def roles_of(names: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles called *names*, in the order of `Role`."""
    wanted = set(names)
    return tuple(role for role in Role if role.value in wanted)

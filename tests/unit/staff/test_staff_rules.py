"""Rights by division, sessions, passwords and one-time codes, as pure rules."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.staff.rules import (
    RIGHTS,
    Holder,
    Right,
    Role,
    Stage,
    covers,
    may,
    password_faults,
    session_holds,
    totp_step_of,
)
from kiosk_server.staff.seed import DEMO_ACCOUNTS

NOW = datetime(2026, 11, 21, 19, 3, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = int(NOW.timestamp()) // 30


def holder(*roles: Role, division: str = "653001") -> Holder:
    """Somebody with these roles."""
    return Holder("01staff", "测试·维护", roles, division)


@pytest.mark.parametrize(
    ("upper", "lower", "within"),
    [
        ("653001", "653001", True),
        ("653001", "653001101", True),
        ("653001", "653001101203", True),
        ("653001000000", "653001101", True),
        ("653000", "653001", True),
        ("650000", "653001101", True),
        ("653001101", "653001", False),
        ("653001101", "653001102", False),
        ("653001100", "653001101", False),
        ("653001", "653002", False),
        ("653100", "653001", False),
        ("", "653001", False),
    ],
)
def test_division_covers_what_lies_within(upper: str, lower: str, within: bool) -> None:
    """A right of a city holds in its townships, a township's holds in no other and not above."""
    assert covers(upper, lower) is within


def test_right_needs_role_and_place() -> None:
    """Neither the right role elsewhere nor the wrong role here is enough."""
    technician = holder(Role.TECHNICIAN)
    assert may(technician, Right.TERMINALS_REVOKE, "653001101")
    assert not may(technician, Right.TERMINALS_REVOKE, "653101")
    assert not may(holder(Role.CLERK), Right.TERMINALS_REVOKE, "653001")
    assert not may(holder(), Right.TERMINALS_SEE, "653001")


def test_duties_are_kept_apart() -> None:
    """Who runs machines reads no audit, who audits changes nothing, who makes accounts neither."""
    assert Right.AUDIT_SEE not in RIGHTS[Role.TECHNICIAN] | RIGHTS[Role.ADMINISTRATOR]
    assert RIGHTS[Role.AUDITOR] == {Right.AUDIT_SEE}
    assert Right.STAFF_MANAGE not in RIGHTS[Role.TECHNICIAN] | RIGHTS[Role.AUDITOR]


@pytest.mark.parametrize(
    ("age", "idle", "holds"),
    [
        (timedelta(hours=1), timedelta(minutes=29), True),
        (timedelta(hours=1), timedelta(minutes=30), False),
        (timedelta(hours=12), timedelta(seconds=1), False),
    ],
)
def test_session_ends_idle_and_in_the_end(age: timedelta, idle: timedelta, holds: bool) -> None:
    """Half an hour of nothing or twelve hours of anything end a session."""
    assert session_holds(Stage.COMPLETE, NOW - age, NOW - idle, NOW) is holds


def test_second_step_has_five_minutes() -> None:
    """A password alone is worth five minutes."""
    assert session_holds(Stage.PASSWORD, NOW - timedelta(minutes=4), NOW, NOW)
    assert not session_holds(Stage.PASSWORD, NOW - timedelta(minutes=5), NOW, NOW)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("a long enough sentence", []),
        ("Mixed-1234", []),
        ("mixed12345", ["too_weak"]),
        ("Short-1", ["too_weak"]),
        ("aaaaaaaaaaaaaa", ["too_uniform"]),
        ("weihu-and-more-1", ["holds_the_login"]),
        ("绿色通道在一楼左边第三个窗口", []),
    ],
)
def test_password_is_hard_to_guess(password: str, codes: list[str]) -> None:
    """Twelve characters, or ten of three classes; not the login, not one letter over and over."""
    assert [fault.code for fault in password_faults(password, "weihu")] == codes


def test_demo_passwords_keep_the_rule() -> None:
    """What a developer types is a password that the product would take."""
    for account in DEMO_ACCOUNTS:
        assert password_faults(account.password, account.login) == []


def step_of(code: str, last_step: int = 0) -> int | None:
    """The step that a typed code stands for."""
    return totp_step_of(code, last_step=last_step, now=NOW, code_at=pyotp.TOTP(SECRET).generate_otp)


@pytest.mark.parametrize(
    ("drift", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_holds_half_a_minute_around(drift: int, taken: bool) -> None:
    """A phone's clock may be half a minute off, not more."""
    code = pyotp.TOTP(SECRET).generate_otp(STEP + drift)
    assert step_of(code) == (STEP + drift if taken else None)


@given(last=st.integers(STEP - 1, STEP + 5))
def test_code_is_worth_nothing_twice(last: int) -> None:
    """No code at or before the last one taken is taken again."""
    for drift in (-1, 0, 1):
        found = step_of(pyotp.TOTP(SECRET).generate_otp(STEP + drift), last)
        assert found is None or found > last


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "0000000"])
def test_what_is_no_code_is_refused(code: str) -> None:
    """Letters, full-width digits and wrong lengths are compared and refused like any other."""
    assert step_of(code) is None

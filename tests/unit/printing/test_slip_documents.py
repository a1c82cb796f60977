"""Slips as the server describes them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from devices.contracts.slip import Slip as TerminalsSlip
from kiosk_server.printing.slip_parts import Slip
from kiosk_server.printing.slips import (
    binding_slip,
    booking_slip,
    case_slip,
    reprint_slip,
    ticket_slip,
)

AT = datetime(2026, 11, 20, 19, 12, tzinfo=UTC)


def case(**changes: Any) -> Slip:
    """The slip of a finished case of an unreal person."""
    fields: dict[str, Any] = {
        "office": "阿图什市政务服务中心",
        "service": "社会保险个人参保证明",
        "case_number": "653001-20261121-000017",
        "at": AT,
        "terminal": "AT-0001",
        "masked_name": "阿***·测试",
        "language": "zh",
        "rating_url": "http://127.0.0.1:8000/r/7K3M9QXT",
    }
    return case_slip(**(fields | changes))


def reprint(**changes: Any) -> Slip:
    """The slip of a print that did not finish."""
    fields: dict[str, Any] = {
        "office": "阿图什市政务服务中心",
        "service": "社会保险个人参保证明",
        "code": "7294 1836",
        "until": datetime(2026, 11, 21, 19, 12, tzinfo=UTC),
        "at": AT,
        "terminal": "AT-0001",
        "masked_name": "阿***·测试",
        "language": "zh",
    }
    return reprint_slip(**(fields | changes))


def binding(**changes: Any) -> Slip:
    """The slip of a code that binds a phone."""
    fields: dict[str, Any] = {
        "office": "阿图什市政务服务中心",
        "code": "72941836",
        "address": "http://127.0.0.1:8000/m/me/prove#72941836",
        "until": datetime(2026, 11, 20, 19, 17, tzinfo=UTC),
        "at": AT,
        "terminal": "AT-0001",
        "language": "zh",
    }
    return binding_slip(**(fields | changes))


def booked(**changes: Any) -> Slip:
    """The slip of a booked visit."""
    fields: dict[str, Any] = {
        "office": "阿图什市政务服务中心",
        "code": "72941836",
        "scanned": "KCI1:72941836",
        "when": datetime(2026, 11, 25, 2, 30, tzinfo=UTC),
        "rows": {"去哪里": "松他克镇便民服务中心", "办什么": "参保登记、参保证明"},
        "at": AT,
        "terminal": "AT-0001",
        "language": "zh",
    }
    return booking_slip(**(fields | changes))


def ticket(**changes: Any) -> Slip:
    """The slip of a number of the queue."""
    fields: dict[str, Any] = {
        "office": "阿图什市政务服务中心",
        "label": "A012",
        "address": "http://127.0.0.1:8000/q/AAAAAAAAAAAAAAAAAAAAAA",
        "rows": {"办什么": "社会保险", "前面": "3 位"},
        "at": AT,
        "terminal": "AT-0001",
        "language": "zh",
    }
    return ticket_slip(**(fields | changes))


def texts(slip: Slip) -> str:
    """All words of a slip."""
    return " ".join(str(value) for block in slip.blocks for value in block.values())


@pytest.mark.parametrize("language", ["zh", "ug", "ky", "en"])
@pytest.mark.parametrize("make", [case, reprint])
def test_the_terminal_accepts_every_slip(make: Any, language: str) -> None:
    """The terminal's strict parser reads each kind of slip in each language."""
    slip = make(language=language, sample=True)
    assert len(TerminalsSlip.from_json(slip.document()).blocks) == len(slip.blocks)


def test_a_case_slip_names_case_time_and_place() -> None:
    """The slip says what was done, when in Beijing time, where, and carries the rating code."""
    slip = case()
    for said in ("社会保险个人参保证明", "653001-20261121-000017", "2026-11-21 03:12", "AT-0001"):
        assert said in texts(slip)
    assert {"type": "qr", "text": "http://127.0.0.1:8000/r/7K3M9QXT", "size_mm": 30} in slip.blocks


def test_without_rating_no_code_is_printed() -> None:
    """A case that is not rated has no QR code and no word about it."""
    slip = case(rating_url=None)
    assert all(block["type"] != "qr" for block in slip.blocks)
    assert "评" not in texts(slip)


def test_a_reprint_slip_says_that_the_card_is_asked_again() -> None:
    """The slip gives code and end of the right, and says that the code alone prints nothing."""
    slip = reprint(pages_left="第 2 页")
    assert {"type": "code", "text": "7294 1836"} in slip.blocks
    assert "2026-11-22 03:12 前，凭本人身份证和此码" in texts(slip)
    assert "打完第 2 页" in texts(slip)


@pytest.mark.parametrize("language", ["zh", "ug", "ky", "en"])
def test_the_terminal_accepts_a_binding_slip(language: str) -> None:
    """It says until when, to show it to nobody, and bears code and address; nobody's name."""
    slip = binding(language=language)
    assert len(TerminalsSlip.from_json(slip.document()).blocks) == len(slip.blocks)
    assert "2026-11-21 03:17 前" in texts(slip)
    assert "不要给别人看" in texts(slip)
    assert "姓名" not in texts(slip)


@pytest.mark.parametrize("language", ["zh", "ug", "ky", "en"])
@pytest.mark.parametrize("make", [booked, ticket])
def test_the_terminal_accepts_the_slips_of_the_queue(make: Any, language: str) -> None:
    """Each names a time or a number and what a machine reads, and nobody."""
    slip = make(language=language)
    assert len(TerminalsSlip.from_json(slip.document()).blocks) == len(slip.blocks)
    assert "姓名" not in texts(slip)


def test_number_and_time_stand_large_and_in_beijing_time() -> None:
    """A ticket's label has the largest letters there are; a booking says 10:30."""
    assert any(block.get("text") == "A012" and block["size"] == 3 for block in ticket().blocks)
    assert "2026-11-25 10:30" in texts(booked())
    assert "KCI1:72941836" in texts(booked())


@pytest.mark.policy("P57")
@pytest.mark.parametrize("make", [case, reprint, binding, booked, ticket])
def test_chinese_stands_first_and_the_other_language_beside_it(make: Any) -> None:
    """A slip in Uyghur keeps every Chinese line and adds one sentence after it."""
    chinese, uyghur = make(language="zh"), make(language="ug")
    added = [block for block in uyghur.blocks if block not in chinese.blocks]
    assert [block["lang"] for block in added] == ["ug"]
    assert all(block in uyghur.blocks for block in chinese.blocks)


def test_the_same_slip_gives_the_same_bytes() -> None:
    """A slip's digest can be announced before its bytes are fetched."""
    assert case().document() == case().document()
    assert json.loads(case().document())["version"] == 1

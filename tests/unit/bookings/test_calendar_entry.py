"""A booking as iCalendar text: escaped, folded, ended; read back by hand as RFC 5545 says."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.bookings.calendar_entry import LONGEST_LINE, CalendarEntry, calendar_text
from kiosk_server.core.clock import BEIJING
from tests.support.booking import NOON

ENTRY = CalendarEntry(
    uid="01m0000000000000000000000a@fuwu.example.cn",
    sequence=2,
    cancelled=False,
    starts_at=NOON.astimezone(BEIJING),
    ends_at=NOON + timedelta(minutes=30),
    title="到阿图什市政务服务中心办事",
    place="示例路1号",
    note="",
    page="https://fuwu.example.cn/m/bookings/01m0000000000000000000000a",
    host='阿图什市"政务服务中心"',
    origin="https://fuwu.example.cn",
)


def unfolded(text: str) -> list[str]:
    """The content lines of *text*."""
    return text.replace("\r\n ", "").split("\r\n")


def value_of(text: str, name: str) -> str:
    """What a property says, with its escapes taken back."""
    (line,) = [line for line in unfolded(text) if line.startswith(f"{name}:")]
    said, escaped = "", False
    for each in line.removeprefix(f"{name}:"):
        if escaped:
            said, escaped = said + ("\n" if each == "n" else each), False
        elif each == "\\":
            escaped = True
        else:
            said += each
    return said


@settings(max_examples=40)
@given(st.text(max_size=120))
def test_what_is_written_is_read_again_and_no_line_is_long(words: str) -> None:
    """Whatever stands in a note: lines of 75 octets, whole characters, the same words."""
    text = calendar_text(replace(ENTRY, note=words), NOON)
    for line in text.removesuffix("\r\n").split("\r\n"):
        assert len(line.encode()) <= LONGEST_LINE
    kept = "".join(each for each in words if each >= " " or each == "\n")
    assert value_of(text, "DESCRIPTION") == kept


def test_no_words_make_a_line_of_their_own() -> None:
    """A name with a line's end in it adds no property."""
    text = calendar_text(replace(ENTRY, title="x\r\nATTENDEE:mailto:a@b", host="x\r\ny"), NOON)
    assert not [line for line in unfolded(text) if line.startswith(("ATTENDEE", "y"))]


def test_moments_are_the_same_everywhere() -> None:
    """UTC, whatever the zone they came in; the stamp is when it was made."""
    lines = unfolded(calendar_text(ENTRY, NOON + timedelta(hours=1)))
    assert "DTSTART:20261123T040000Z" in lines
    assert "DTEND:20261123T043000Z" in lines
    assert "DTSTAMP:20261123T050000Z" in lines


def test_an_end_is_said_by_method_and_state() -> None:
    """RFC 5546 asks for both, and for whose entry it is."""
    lines = unfolded(calendar_text(replace(ENTRY, cancelled=True), NOON))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2"} <= set(lines)
    assert 'ORGANIZER;CN="阿图什市政务服务中心":https://fuwu.example.cn' in lines


def test_a_known_place_has_its_position() -> None:
    """Latitude first, as the property is defined; none where it is not known."""
    assert "GEO:" not in calendar_text(ENTRY, NOON)
    assert "GEO:39.712000;76.168000" in calendar_text(
        replace(ENTRY, position=(39.712, 76.168)), NOON
    )

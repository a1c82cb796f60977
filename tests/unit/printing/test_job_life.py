"""The life of a print job, and when it may be printed again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.core.errors import WrongState
from kiosk_server.printing.models import JobKind, JobState
from kiosk_server.printing.rules import LIFE, OPEN, JobVerb, may_print_again, reading_code


def test_ends_are_ends() -> None:
    """Printed and not printed lead nowhere."""
    assert LIFE.ends() == {JobState.PRINTED, JobState.NOT_PRINTED}


def test_unknown_is_settled_by_person_or_late_word() -> None:
    """What is unknown ends by the person's word or the terminal's late one, and never goes back."""
    after = {verb: LIFE.after(JobState.UNKNOWN, verb) for verb in JobVerb}
    assert {state for state in after.values() if state in OPEN} == set()
    assert after[JobVerb.FINISH] is after[JobVerb.SAY_CAME_OUT] is JobState.PRINTED
    assert after[JobVerb.FAIL] is after[JobVerb.SAY_DID_NOT] is JobState.NOT_PRINTED


@pytest.mark.parametrize("state", OPEN)
def test_person_does_not_end_what_is_on_its_way(state: JobState) -> None:
    """While a job is open only the terminal's word counts."""
    for verb in (JobVerb.SAY_CAME_OUT, JobVerb.SAY_DID_NOT):
        with pytest.raises(WrongState):
            LIFE.after(state, verb)


@pytest.mark.parametrize(
    ("state", "trouble", "came_out", "may"),
    [
        (JobState.WAITING, None, None, False),
        (JobState.PRINTING, None, None, False),
        (JobState.PRINTING, "paper_out", None, True),
        (JobState.PRINTED, None, None, False),
        (JobState.PRINTED, None, "yes", False),
        (JobState.PRINTED, None, "no", True),
        (JobState.NOT_PRINTED, "jam", None, True),
        (JobState.UNKNOWN, None, None, True),
    ],
)
def test_when_a_second_print_may_be_had(
    state: JobState, trouble: str | None, came_out: str | None, may: bool
) -> None:
    """A second print is for what failed, hangs or did not come out; a slip has none."""
    assert may_print_again(JobKind.A4, state, trouble=trouble, came_out=came_out) is may
    assert not may_print_again(JobKind.SLIP, state, trouble=trouble, came_out=came_out)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_codes_are_read_with_gaps(code: str) -> None:
    """A code may be typed in groups."""
    assert reading_code(f" {code[:4]}-{code[4:]} ") == code


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a", "１２３４５６７８"])
def test_what_is_no_code(typed: str) -> None:
    """Too short, too long, letters and full-width digits are no code."""
    assert reading_code(typed) is None

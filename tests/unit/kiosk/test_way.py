"""The way through a visit: nobody jumps ahead, nobody is trapped."""

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from kiosk_ui.way import PAGE_OF, STEP_OF, Progress, Step, detour, next_step, open_steps

ALONG = (
    (Progress(), Step.SERVICES),
    (Progress(chosen=True, purpose_asked=True, presence_needed=True), Step.NOTICE),
    (Progress(chosen=True, purpose_asked=True, presence_needed=True, agreed=True), Step.PURPOSE),
    (Progress(chosen=True, presence_needed=True, agreed=True), Step.CARD),
    (Progress(chosen=True, presence_needed=True, agreed=True, card_read=True), Step.PROOF),
    (Progress(chosen=True, agreed=True, card_read=True), Step.DECIDING),
    (Progress(chosen=True, agreed=True, card_read=True, decided=True), Step.DECISION),
    (
        Progress(chosen=True, agreed=True, card_read=True, decided=True, printing=True),
        Step.PRINTING,
    ),
)
ERRANDS = (None, Step.OWN_PHONES, Step.WALLET, Step.BOOKINGS, Step.EXPECTED)
ANY = st.builds(
    Progress,
    **{
        field.name: st.sampled_from(ERRANDS) if field.name == "errand" else st.booleans()
        for field in fields(Progress)
    },
)


def test_the_due_step_follows_what_is_done() -> None:
    """Each thing done makes the next one due, in the order that the screen counts."""
    assert [next_step(progress) for progress, _ in ALONG] == [step for _, step in ALONG]


def test_after_the_paper_is_settled_the_rating_is_due() -> None:
    """The rating comes last, and the end is always open beside it."""
    _, last = ALONG[-1][0], replace(ALONG[-1][0], settled=True)
    assert next_step(last) is Step.RATING


@given(ANY)
def test_the_due_step_is_always_open(progress: Progress) -> None:
    """No state of a visit leads a person in a circle: the page she is sent to is open."""
    due = next_step(progress)
    assert due in open_steps(progress)
    assert detour(PAGE_OF[due], progress) is None


@given(ANY, st.sampled_from(sorted(STEP_OF)))
def test_no_page_ahead_of_the_due_step_is_open(progress: Progress, page: str) -> None:
    """A page of a later step is answered with the step that is due."""
    steps = list(Step)
    if steps.index(STEP_OF[page]) > steps.index(next_step(progress)):
        assert detour(page, progress) == PAGE_OF[next_step(progress)]


@given(ANY)
def test_no_proof_is_skipped(progress: Progress) -> None:
    """What is decided or printed without a reprint stands on card and, where needed, presence."""
    if open_steps(progress) & {Step.DECIDING, Step.DECISION, Step.PRINTING, Step.RATING}:
        assert progress.card_read
        of_errand = progress.errand is not None
        assert progress.presence_proven or not progress.presence_needed or of_errand
        assert progress.agreed


def test_paper_on_its_way_closes_everything_else() -> None:
    """While a job is open no other service is begun and nothing is printed twice."""
    assert open_steps(ALONG[-1][0]) == {Step.PRINTING}


def test_pages_beside_the_way_are_open() -> None:
    """Help and the looks are never refused."""
    assert detour("kiosk.help", Progress()) is None

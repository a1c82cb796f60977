"""The paper as the press really sets it, from the record to the bytes that the terminal gets."""

import hashlib
from functools import partial

import pytest

from kiosk_server.cases import handling, papers
from kiosk_server.cases.handling import Prepared
from kiosk_server.files import services as files
from kiosk_server.printing import queries
from kiosk_server.printing.characters import unprintable
from kiosk_server.printing.documents.press import Press
from kiosk_server.results.paper import may_print
from tests.support.counter import AYGUL, ORIGIN, TERMINAL, Counter
from tests.support.papers import texts_of

LONG_TABLE = {"name": "测试·库尔班江", "number": "653001200001010013", "valid_until": "2028-01-10"}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(("card", "pages"), [(AYGUL, 1), (LONG_TABLE, 2)])
def test_paper_from_record_to_terminal(counter: Counter, card: dict[str, str], pages: int) -> None:
    """The terminal gets exactly the bytes that the proof vouches for; long tables take sheets."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, card, unprintable=unprintable)
    counter.shows_face(person)
    prepared = handling.prepare(
        counter.database,
        counter.records,
        visit_id=person.visit_id,
        unprintable=partial(unprintable, directories=counter.settings.font_directories),
    )
    assert isinstance(prepared, Prepared)
    job_id = papers.issue_and_print(
        counter.database,
        Press(),
        origin=ORIGIN,
        case_id=prepared.case_id,
        sample=True,
        door=may_print,
    )
    with counter.database.reading() as session:
        job = queries.job_for_terminal(session, TERMINAL, job_id)
        document = files.read(session, job.file_id)
    assert hashlib.sha256(document).hexdigest() == job.digest
    texts = texts_of(document)
    assert job.pages == len(texts) >= pages
    assert card["name"] in texts[0]
    assert "未加盖电子印章" in "".join(texts)

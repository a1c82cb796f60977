"""The whole story at a terminal, page by page, on both engines."""

import pytest

from tests.support.kiosk_person import AYGUL, Person

INSURANCE = "SAMPLE-RS-01"
ESTATE = "SAMPLE-ZR-01"


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_a_resident_walks_away_with_a_proof(person_on_both: Person, language: str) -> None:
    """From the language to the rating: every page is right, and the paper is printed once."""
    person = person_on_both.start(language)
    assert person.path == "/kiosk/services"
    assert person.page.language == {"zh": "zh-CN", "ug": "ug"}[language]
    person.agree(INSURANCE)
    assert person.path == "/kiosk/card"
    person.place_card(AYGUL)
    assert person.path == "/kiosk/proof"
    person.prove_by_face()
    assert person.path == "/kiosk/decision"
    person.open("/kiosk/decision/reasons").open("/kiosk/decision")
    person.touch("/kiosk/decision/print")
    assert person.path == "/kiosk/printing"
    assert [want["kind"] for want in person.wants()] == ["print_a4"]
    person.print_whole()
    person.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    assert person.path == "/kiosk/rating"
    person.touch("/kiosk/rating", level="5", tag="510")
    assert person.path.startswith("/kiosk/ended?why=done")
    assert person.open("/kiosk/services").path == "/kiosk/"

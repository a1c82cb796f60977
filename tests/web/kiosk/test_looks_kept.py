"""Language and looks: chosen by a touch, kept for one visit, gone with it."""

from datetime import timedelta

import pytest
from flask import Flask

from kiosk_server.core import clock
from tests.support.kiosk_person import Person


def test_looks_chosen_before_a_visit_begin_with_it(person: Person) -> None:
    """Large print chosen on the waiting screen holds in the visit, and not after it."""
    person.open("/kiosk/").touch("/kiosk/settings", size="l", theme="contrast")
    assert 'data-size="l"' in person.answer.text
    person.touch("/kiosk/start", language="zh")
    assert 'data-size="l"' in person.answer.text
    assert 'data-theme="contrast"' in person.answer.text
    person.touch("/kiosk/end").open("/kiosk/")
    assert 'data-size="m"' in person.answer.text


def looks_told(person: Person) -> str | None:
    """What the browser tells the device host of the looks."""
    cookie = person.terminal.client.get_cookie("kiosk_looks", "127.0.0.1", "/kiosk/")
    return cookie.value if cookie else None


def test_the_device_host_knows_the_looks_of_a_visit(person: Person) -> None:
    """Large print holds on the page that says that the line is dead, until the visit ends."""
    person.open("/kiosk/").touch("/kiosk/settings", size="xl", theme="contrast")
    person.touch("/kiosk/start", language="zh")
    assert looks_told(person) == "xl.contrast.standard"
    person.touch("/kiosk/settings", theme="night")
    assert looks_told(person) == "xl.night.standard"
    person.touch("/kiosk/end")
    assert looks_told(person) is None


def test_looks_of_a_visit_that_ended_elsewhere_are_not_worn_again(person: Person) -> None:
    """After a visit that ran out unseen, the waiting screen is as it was at first."""
    person.start().touch("/kiosk/settings", size="xl")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert 'data-size="m"' in person.open("/kiosk/").answer.text
        assert looks_told(person) is None


@pytest.mark.policy("P57")
def test_the_language_changes_on_any_page(person: Person) -> None:
    """The page comes back in the other language, with the Chinese line kept under its title."""
    person.start().open("/kiosk/guides/SAMPLE-RS-01").touch("/kiosk/settings", language="ug")
    assert person.path == "/kiosk/guides/SAMPLE-RS-01"
    assert (person.page.language, person.page.direction) == ("ug", "rtl")
    assert "社会保险个人参保证明" in person.answer.text


@pytest.mark.parametrize(
    "back",
    [
        "https://example.invalid/kiosk/",
        "//example.invalid/kiosk/",
        "/kiosk/../staff/",
        "/staff/",
        "/kiosk/\\example.invalid",
        "/kiosk/\nLocation:x",
    ],
)
def test_settings_lead_back_into_the_kiosk_alone(person: Person, back: str) -> None:
    """An address to come back to that is no kiosk page is not followed."""
    person.start()
    address, fields = person.form("/kiosk/settings")
    answer = person.terminal.post(address, form={**fields, "size": "l", "back": back})
    assert answer.headers["Location"] == "/kiosk/services"


def test_unknown_looks_are_refused_in_words(person: Person) -> None:
    """A theme that does not exist changes nothing."""
    person.start()
    address, fields = person.form("/kiosk/settings")
    assert person.terminal.post(address, form={**fields, "theme": "pink"}).status_code == 422
    assert 'data-theme="light"' in person.open("/kiosk/services").answer.text


@pytest.mark.parametrize("page", ["/kiosk/help", "/kiosk/looks"])
def test_help_and_looks_are_always_open(person: Person, page: str) -> None:
    """Before a visit and in it, with the way back to the page one came from."""
    assert person.open(page).path == page
    assert "/kiosk/" in person.page.links
    person.start().open(f"{page}?back=/kiosk/guides")
    assert "/kiosk/guides" in person.page.links


@pytest.mark.parametrize(
    ("mm", "status"), [("4.03", 200), ("2", 200), ("6", 200), ("6.01", 404), ("1.9", 404),
                       ("4}body{", 404), ("", 404)]
)  # fmt: skip
def test_the_panel_style_takes_millimetres_alone(counter: Flask, mm: str, status: int) -> None:
    """The panel's fineness is a number between 2 and 6, kept for good."""
    answer = counter.test_client().get("/kiosk/panel.css", query_string={"mm": mm})
    assert answer.status_code == status
    if status == 200:
        assert answer.text == f":root{{--px-per-mm:{mm}}}\n"
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_window_is_measured_in_either_format(counter: Flask) -> None:
    """A page that may be wider than high has a second measure for that; it is checked alike."""
    browser = counter.test_client()
    answer = browser.get("/kiosk/panel.css", query_string={"mm": "4.03", "across": "3.79"})
    assert "@media(orientation:landscape){:root{--px-per-mm:3.79}}" in answer.text
    wrong = browser.get("/kiosk/panel.css", query_string={"mm": "4.03", "across": "9"})
    assert wrong.status_code == 404

"""What terminals fetch ahead: guides and sites without anybody in them, and the static files."""

import hashlib
import json
from collections.abc import Mapping

import pytest
from flask import Flask

from kiosk_server.places import queries as places
from kiosk_server.places.nearness import shared_digits
from kiosk_server.settings import Settings
from kiosk_server.terminal_api.guide_bundle import nearest_first
from tests.support.first_rows import seed
from tests.support.kiosk_person import AYGUL, Person, ready_terminal
from tests.support.terminal_client import API, SignedTerminal, database_of
from tests.support.wire_samples import exchange


@pytest.fixture
def terminal(app: Flask, settings: Settings) -> SignedTerminal:
    seed(database_of(app), settings)
    return ready_terminal(SignedTerminal(app, site_id="xingfulu"))


def _bundle(terminal: SignedTerminal) -> Mapping[str, list[dict[str, object]]]:
    found: Mapping[str, list[dict[str, object]]] = terminal.get(f"{API}/guides").get_json()
    return found


def test_guides_and_sites_are_handed_out_as_sampled(terminal: SignedTerminal) -> None:
    """Every published item and every site is there, with the fields that the sample shows."""
    bundle = _bundle(terminal)
    sample = exchange("guides").answered(200)[0].body
    assert bundle.keys() == sample.keys()
    for part in ("guides", "sites"):
        assert bundle[part]
        assert all(each.keys() == sample[part][0].keys() for each in bundle[part])
    assert {"SAMPLE-RS-01", "SAMPLE-GJJ-01", "SAMPLE-ZR-01"} < {
        guide["code"] for guide in bundle["guides"]
    }


def test_one_s_own_site_comes_first_and_the_near_before_the_far(
    app: Flask, terminal: SignedTerminal
) -> None:
    """Sites are ordered by how much of the division they share with the terminal's own."""
    assert _bundle(terminal)["sites"][0]["id"] == "xingfulu"
    with database_of(app).reading() as session:
        sites = places.sites(session)
    for here in sites:
        ordered = nearest_first(sites, here.id)
        shared = [shared_digits(here.division_code, site.division_code) for site in ordered]
        assert ordered[0] is here
        assert shared[1:] == sorted(shared[1:], reverse=True)
    assert len(nearest_first(sites, "unknown")) == len(sites)


def test_what_is_known_already_costs_a_few_bytes(terminal: SignedTerminal) -> None:
    """The ETag is the digest of the content; who names it gets 304 without a body."""
    for path in ("guides", "static-files"):
        first = terminal.get(f"{API}/{path}")
        etag = first.headers["ETag"]
        assert etag.strip('"') == hashlib.sha256(first.data).hexdigest()
        again = terminal.get(f"{API}/{path}", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        weak = terminal.get(f"{API}/{path}", headers={"If-None-Match": f"W/{etag}"})
        assert weak.status_code == 304


@pytest.mark.policy("P37")
def test_a_visit_leaves_no_mark_in_the_guides(terminal: SignedTerminal) -> None:
    """The bundle is the same to the byte before and after a resident was here."""
    before = terminal.get(f"{API}/guides").data
    Person(terminal).start().agree("SAMPLE-RS-01").place_card(AYGUL)
    assert terminal.get(f"{API}/guides").data == before


def test_every_listed_file_is_served_as_listed(terminal: SignedTerminal) -> None:
    """Digest, size and type are those of what the address answers, and it may be kept for ever."""
    listed = terminal.get(f"{API}/static-files").get_json()["files"]
    sample = exchange("static_files").answered(200)[0].body["files"][0]
    assert all(each.keys() == sample.keys() for each in listed)
    kinds = {each["target"].rpartition(".")[2] for each in listed}
    assert {"css", "mjs", "svg", "woff2"} <= kinds
    assert "wasm" not in kinds, "a terminal reads codes with its scanner"
    for each in (next(e for e in listed if e["target"].endswith(kind)) for kind in kinds):
        answer = terminal.get(each["target"])
        assert hashlib.sha256(answer.data).hexdigest() == each["digest"]
        assert len(answer.data) == each["bytes"]
        assert answer.mimetype == each["media_type"]
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_comes_in_parts_for_who_asks(terminal: SignedTerminal) -> None:
    """A font can be fetched piece by piece, so that a visit never waits for the whole of it."""
    listed = terminal.get(f"{API}/static-files").get_json()["files"]
    font = next(each for each in listed if each["target"].endswith("UKIJEkran.woff2"))
    part = terminal.get(font["target"], headers={"Range": "bytes=0-1023"})
    assert (part.status_code, len(part.data)) == (206, 1024)
    assert part.headers["Content-Range"] == f"bytes 0-1023/{font['bytes']}"


def test_the_list_is_for_terminals(app: Flask) -> None:
    """Without a terminal's signature there is nothing to be had."""
    for path in ("guides", "static-files"):
        answer = app.test_client().get(f"{API}/{path}")
        assert json.loads(answer.data)["code"] == "signature_missing"

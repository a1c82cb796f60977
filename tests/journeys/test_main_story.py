"""
The main job in a real browser, with every part as a process of its own.

At three in the morning a resident places an ID card and walks away with a printed proof that
anyone can check.
"""

from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pypdfium2
import pytest
import requests
import zxingcpp
from playwright.sync_api import Browser, Page

from tests.support.browser import LANDSCAPE, PORTRAIT, chromium
from tests.support.journey import Product, whole_product
from tests.support.resident import Resident
from tests.support.warm_starts import WarmStarts

pytestmark = pytest.mark.browser

INSURANCE = "SAMPLE-RS-01"
CARD, NAME, NUMBER = "resident-1", "阿依古丽·测试", "653001199003070022"
LONG_CARD, LONG_NAME, LONG_NUMBER = "resident-3", "测试·库尔班江", "653001200001010013"
NEVER_KEPT = ("测试路1号", "测试路3号", "维吾尔", "柯尔克孜")
"""Addresses and nations of the sample cards."""
BODIES = ("维吾尔自治区", "柯尔克孜自治州")
"""Names of public bodies in the catalogue that hold a nation's name."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all journeys of this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, warm: WarmStarts) -> Iterator[Product]:
    """The whole product, running."""
    with whole_product(tmp_path_factory.mktemp("product"), warm=warm) as product:
        yield product


def a_page(browser: Browser, size: tuple[int, int]) -> Page:
    """A fresh browser profile on a panel of *size*."""
    width, height = size
    return browser.new_context(viewport={"width": width, "height": height}).new_page()


def qr_of(paper: Path) -> str:
    """What the code on the first sheet leads to."""
    document = pypdfium2.PdfDocument(paper)
    codes = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    document.close()
    assert len(codes) == 1
    return str(codes[0].text)


def kept_bytes(folder: Path) -> bytes:
    """Everything that lies in *folder*, databases and their write-ahead logs included."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def check_no_trace(product: Product, *words: str) -> None:
    """Nothing personal in the clear: not in the database, the terminal's journal or the logs."""
    places = {
        "database": kept_bytes(product.folder / "instance"),
        "terminal": kept_bytes(product.state),
        "logs": product.logs().encode(),
    }
    found = []
    for place, data in places.items():
        rest = reduce(lambda kept, body: kept.replace(body.encode(), b""), BODIES, data)
        found += [(place, word) for word in words if word.encode() in rest]
    assert not found


@pytest.mark.policy("P16", "P20", "P37", "P40", "P52")
def test_a_resident_walks_away_with_a_proof(product: Product, browser: Browser) -> None:
    """In Chinese, in portrait: card, proof, reasons, paper, slip, rating, and no trace."""
    resident = Resident(product, a_page(browser, PORTRAIT), "zh")
    before = len(product.papers), len(product.slip_pictures)
    resident.arrive()
    resident.choose(INSURANCE)
    resident.place_card(CARD)
    resident.prove()
    resident.read_why()
    resident.print()
    resident.take_paper()
    resident.rate(5)
    assert resident.stores() == {"local": 0, "session": 0, "cookies": 0}
    assert resident.errors == []

    assert len(product.papers) == before[0] + 1
    product.wait_for_slips(before[1] + 1)
    address = qr_of(product.papers[-1])
    assert address.startswith(f"{product.settings.public_origin}/v/")
    verdict = requests.get(address, headers={"Accept": "application/json"}, timeout=60)
    assert verdict.json()["genuine"] is True
    check_no_trace(product, NAME, NUMBER, *NEVER_KEPT)


@pytest.mark.policy("P50", "P57")
def test_paper_runs_out_and_is_refilled(product: Product, browser: Browser) -> None:
    """In Uyghur, in landscape: the job is kept in trouble, goes on after the cure, prints once."""
    resident = Resident(product, a_page(browser, LANDSCAPE), "ug", "landscape")
    before = len(product.papers)
    product.a4.do("load_paper", sheets=1)
    resident.arrive()
    assert resident.page.get_attribute("html", "dir") == "rtl"
    resident.choose(INSURANCE)
    resident.place_card(LONG_CARD)
    resident.prove()
    resident.print()
    resident.see(".trouble", "trouble")
    assert len(product.papers) == before
    product.a4.do("load_paper", sheets=250)
    resident.take_paper()
    resident.skip_rating()
    assert resident.stores() == {"local": 0, "session": 0, "cookies": 0}
    assert resident.errors == []
    assert len(product.papers) == before + 1
    assert len(pypdfium2.PdfDocument(product.papers[-1])) > 1
    check_no_trace(product, LONG_NAME, LONG_NUMBER, *NEVER_KEPT)

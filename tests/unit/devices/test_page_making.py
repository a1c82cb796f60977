"""From a picture to a page of A4: found, laid flat, straight, evenly lit, small, and in a PDF."""

import io
from dataclasses import replace
from functools import cache
from math import cos, dist, radians, sin

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from devices.contracts.document_scanner import Picture
from devices.protocols.page_corners import Point
from devices.protocols.page_finding import degrees_askew, find_corners
from devices.protocols.page_making import (
    LARGEST_PAGE_BYTES,
    NoPicture,
    Page,
    make_page,
    turned,
)
from devices.protocols.page_pdf import pdf_of
from devices.protocols.pdf_pages import count_pages
from devices.simulators.sample_pages import SamplePage, draw, laid

VIEW = (1296, 972)
UPRIGHT, LYING = (1654, 2339), (2339, 1654)


def lying_at(angle: float, *, width: float = 560, height: float = 792) -> list[Point]:
    """Return where the corners of a sheet are seen that lies *angle* degrees askew, a little
    slanted away from the camera.
    """
    turn, found = radians(angle), []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        across, down = x * width / 2, y * height / 2
        far = 1 + 0.00008 * (across * sin(turn) + down * cos(turn))
        found.append(
            (
                VIEW[0] / 2 + (across * cos(turn) - down * sin(turn)) * far,
                VIEW[1] / 2 + (across * sin(turn) + down * cos(turn)) * far,
            )
        )
    return found


def seen(corners: list[Point], page: SamplePage = SamplePage.CERTIFICATE) -> Image.Image:
    """Return what a camera sees: noise, and light that falls off towards the edges."""
    scene = laid(draw(page), corners, VIEW)
    scene = Image.blend(scene, Image.effect_noise(VIEW, 20).convert("RGB"), 0.06)
    light = ImageChops.invert(Image.radial_gradient("L").resize(VIEW))
    return ImageChops.multiply(
        scene, light.point(lambda level: 130 + level * 125 // 255).convert("RGB")
    )


def picture(image: Image.Image, dots_per_inch: float | None = None) -> Picture:
    """Return an image as a camera hands it over."""
    target = io.BytesIO()
    image.save(target, "JPEG", quality=88)
    return Picture(target.getvalue(), dots_per_inch)


@cache
def plain_picture() -> Picture:
    """A certificate that lies straight."""
    return picture(seen(lying_at(0)))


@cache
def plain_page() -> Page:
    """The page in it."""
    return make_page(plain_picture())


def opened(page: Page) -> Image.Image:
    """Return the page's picture."""
    return Image.open(io.BytesIO(page.jpeg)).convert("RGB")


@pytest.mark.parametrize("angle", [0, 4, -15, 33])
def test_the_sheet_is_found_where_it_lies(angle: float) -> None:
    """Through noise and uneven light each corner is found to within three pixels of a camera."""
    scale = 1.0 if abs(angle) < 10 else 0.85
    corners = lying_at(angle, width=560 * scale, height=792 * scale)
    found = find_corners(seen(corners))

    assert found is not None
    assert max(min(dist(each, true) for true in corners) for each in found.points) < 3


def test_a_table_without_a_sheet_shows_none() -> None:
    """An empty mat, a hand's shadow and a page that fills the picture have no corners."""
    mat = Image.new("RGB", VIEW, (58, 52, 50))
    shadow = mat.copy()
    ImageDraw.Draw(shadow).ellipse((300, 300, 900, 700), fill=(70, 64, 60))
    filling = draw(SamplePage.CERTIFICATE).resize(VIEW)

    assert [find_corners(each) for each in (mat, shadow, filling)] == [None, None, None]


@pytest.mark.parametrize("angle", [-6.0, -2.3, 0.0, 0.8, 5.5])
def test_lines_of_text_tell_how_far_a_page_lies_askew(angle: float) -> None:
    """Where there is no edge to go by, the lines are: to a fifth of a degree."""
    page = draw(SamplePage.CERTIFICATE).rotate(
        angle, Image.Resampling.BICUBIC, fillcolor=(246, 244, 238)
    )

    assert degrees_askew(page) == pytest.approx(angle, abs=0.2)


def test_a_blank_page_is_not_turned() -> None:
    """Without a line to go by nothing is set straight."""
    assert degrees_askew(draw(SamplePage.BLANK)) == 0.0


def test_a_slanted_sheet_becomes_an_upright_page_of_even_white() -> None:
    """The sheet fills the page, its corners are paper, its text lies where it was drawn."""
    page = make_page(picture(seen(lying_at(-9, width=500, height=707))))
    found = opened(page)

    assert (page.width_px, page.height_px) == found.size == UPRIGHT
    assert page.cut_out
    for x in (60, 1594):
        for y in (60, 2279):
            # Dark is the table, grey would be uneven light.
            around = found.convert("L").crop((x - 20, y - 20, x + 20, y + 20))
            assert ImageStat.Stat(around).mean[0] > 225
    drawn = draw(SamplePage.CERTIFICATE).resize(UPRIGHT).convert("L")
    apart = ImageChops.difference(drawn, found.convert("L")).resize((40, 56), Image.Resampling.BOX)
    assert ImageStat.Stat(apart).mean[0] < 14


def test_a_sheet_that_lies_across_gives_a_page_across() -> None:
    """A sheet laid down sideways stays as it lies; turned by its person, it stands."""
    across = lying_at(0, width=990, height=700)
    page = make_page(picture(seen(across, SamplePage.BLANK)))

    assert (page.width_px, page.height_px) == LYING
    assert opened(turned(page)).size == UPRIGHT


def test_a_card_on_a_glass_keeps_its_size() -> None:
    """What is not A4 lies on the page as large as it is, where the device knows sizes."""
    glass = Image.new("RGB", UPRIGHT, (190, 190, 186))
    glass.paste(draw(SamplePage.CARD, dots_per_inch=200), (80, 120))
    page = make_page(picture(glass, 200))
    dark = opened(page).convert("L").point(lambda level: 255 if level < 120 else 0)
    box = dark.getbbox()

    assert page.cut_out
    assert (page.width_px, page.height_px) == LYING
    assert box is not None
    # Its text and seal, which reach over most of 85.6 mm.
    assert 400 < box[2] - box[0] < 85.6 / 25.4 * 200


def test_a_page_beneath_a_white_lid_is_set_straight_and_not_squeezed() -> None:
    """A glass larger than A4 loses its rim; a line of text on it is level afterwards."""
    glass = Image.new("RGB", (1701, 2339), (246, 244, 238))
    sheet = draw(SamplePage.CERTIFICATE, dots_per_inch=200)
    glass.paste(sheet.rotate(3, Image.Resampling.BICUBIC, fillcolor=(246, 244, 238)), (0, 0))
    page = make_page(picture(glass, 200))

    assert not page.cut_out
    assert (page.width_px, page.height_px) == UPRIGHT
    assert abs(degrees_askew(opened(page))) < 0.3


def test_colour_can_be_left_out() -> None:
    """A grey page has one channel, and red seals are on it."""
    page = make_page(plain_picture(), colour=False)

    assert Image.open(io.BytesIO(page.jpeg)).mode == "L"
    assert not page.colour


def test_the_busiest_page_is_small_enough() -> None:
    """What cannot be written small at good quality is written small at less."""
    noisy = Image.effect_noise(UPRIGHT, 120).convert("RGB")
    page = make_page(picture(noisy, 200))

    assert len(plain_page().jpeg) <= LARGEST_PAGE_BYTES
    assert len(page.jpeg) < 4 * LARGEST_PAGE_BYTES


@given(st.binary(max_size=300))
def test_anything_but_a_picture_is_named_as_such(data: bytes) -> None:
    """Whatever a device sends, it becomes a page or it is no picture."""
    for head in (b"", b"\xff\xd8\xff\xe0", b"P6 9 9 255\n", b"P6\n99999 99999\n255\n"):
        with pytest.raises(NoPicture):
            make_page(Picture(head + data))


def test_a_picture_cut_short_is_none() -> None:
    """A page whose lower half never came is not a page."""
    whole = plain_picture()

    with pytest.raises(NoPicture):
        make_page(Picture(whole.data[: len(whole.data) // 2]))


def test_a_wiped_page_shows_nothing() -> None:
    """Every byte of the picture is overwritten."""
    page = replace(plain_page(), jpeg=bytearray(plain_page().jpeg))
    page.wipe()

    assert set(page.jpeg) == {0}


def test_pages_become_a_document_that_others_read() -> None:
    """Upright and lying pages, in colour and grey, come out of another reader in their order."""
    upright = plain_page()
    grey = make_page(plain_picture(), colour=False)
    document = bytes(pdf_of([upright, turned(upright), grey]))
    read = pypdfium2.PdfDocument(document)

    assert count_pages(document) == len(read) == 3
    assert [tuple(round(side) for side in page.get_size()) for page in read] == [
        (595, 842),
        (842, 595),
        (595, 842),
    ]
    shown = read[0].render(scale=200 / 72).to_pil().convert("RGB").resize(UPRIGHT)
    apart = ImageChops.difference(shown, opened(upright))
    assert ImageStat.Stat(apart.convert("L")).mean[0] < 2


def test_the_same_pages_give_the_same_bytes() -> None:
    """No date and no maker stands in the document."""
    pages = [plain_page()]

    assert pdf_of(pages) == pdf_of(pages)
    assert b"Date" not in pdf_of(pages)


def test_a_document_without_pages_is_none() -> None:
    """There is no empty document."""
    with pytest.raises(ValueError):
        pdf_of([])

"""What is left with an order: parts in the asset book, and pictures with nothing behind them."""

from functools import partial
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from kiosk_server.assets.queries import book_of
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, WrongState
from kiosk_server.files import pictures
from kiosk_server.files.models import StoredFile
from kiosk_server.files.pictures import LONGEST_SIDE_PIXELS
from kiosk_server.work_orders import photos, services
from kiosk_server.work_orders.fitting import fit
from kiosk_server.work_orders.parts import Part, PartCode
from kiosk_server.work_orders.photos import keep_photo, look_at_photo, redrawn
from kiosk_server.work_orders.rules import CancelReason
from tests.support.workshop import ONE, Workshop

HIDDEN = b"HIDDEN-WORDS-OF-A-TELEPHONE"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A red picture that carries a telephone's words in its EXIF and behind its end."""
    image, out = Image.new("RGB", size, "red"), BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = HIDDEN.decode(), 6
    image.save(out, kind, exif=exif)
    return out.getvalue() + HIDDEN


def test_a_new_reader_stands_in_the_asset_book(workshop: Workshop) -> None:
    """The serial that came in is the book's; a cable leaves none."""
    order, me = workshop.opens(), workshop.technician
    workshop.goes(order)
    for part in (Part(PartCode.CABLE, 2), Part(PartCode.ID_READER, 1, "", "SN-NEW-1")):
        workshop.does(partial(fit, order_id=order, part=part, by=me))
    book = workshop.does(lambda session: book_of(session, ONE)).book
    assert book.device_serials == {"id_reader": "SN-NEW-1"}
    other = Part(PartCode.ID_READER, 1, "SN-OTHER", "SN-NEW-2")
    with pytest.raises(Conflict, match="part_other_serial"):
        workshop.does(lambda session: fit(session, order, other, by=me))
    same = Part(PartCode.ID_READER, 1, "SN-NEW-1", "SN-NEW-2")
    workshop.does(lambda session: fit(session, order, same, by=me))
    book = workshop.does(lambda session: book_of(session, ONE)).book
    assert book.device_serials == {"id_reader": "SN-NEW-2"}


def test_parts_are_fitted_at_work_by_who_works(workshop: Workshop) -> None:
    """Neither before the work nor by another, and never in words of one's own."""
    order, me = workshop.opens(), workshop.technician
    cable = Part(PartCode.CABLE, 1)
    workshop.does(lambda session: services.assign(session, order, me.id, by=me))
    with pytest.raises(WrongState):
        workshop.does(lambda session: fit(session, order, cable, by=me))
    workshop.does(lambda session: services.assign(session, order, me.id, by=me))
    with pytest.raises(Refused):
        workshop.does(lambda session: fit(session, order, cable, by=workshop.clerk))
    workshop.goes(order)
    with pytest.raises(Invalid):
        workshop.does(lambda session: fit(session, order, Part(PartCode.DISK, 1, "张"), by=me))
    with pytest.raises(NotFound):
        workshop.does(lambda session: fit(session, "01no", cable, by=me))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_nothing_is_kept_but_pixels(kind: str) -> None:
    """EXIF, and what hangs behind the picture, are gone; it stands upright."""
    kept = redrawn(picture(kind))
    assert HIDDEN not in kept
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 60))
        assert not dict(image.getexif())


def test_large_pictures_are_made_smaller() -> None:
    """At most 1600 pixels long."""
    with Image.open(BytesIO(redrawn(picture(size=(3200, 200))))) as image:
        assert max(image.size) == LONGEST_SIDE_PIXELS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,",
        picture()[:200],
        picture("PNG")[:60],
        b"\xff\xd8\xff" + b"0" * 64,
        b"0" * (photos.LARGEST_BYTES + 1),
    ],
    ids=["empty", "svg", "gif", "cut jpeg", "cut png", "no jpeg", "too large"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Only whole JPEG and PNG pictures of a sensible size are taken."""
    with pytest.raises(Invalid, match="photo_invalid"):
        redrawn(data)


def test_a_picture_that_would_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused by what its header says, before it is unpacked."""
    monkeypatch.setattr(pictures, "LARGEST_PIXELS", 60 * 40 - 1)
    with pytest.raises(Invalid, match="photo_invalid"):
        redrawn(picture())


def test_pictures_are_sealed_and_looked_at_by_name(workshop: Workshop) -> None:
    """Kept under the order alone; who looks is written down; twelve are enough."""
    order, clerk = workshop.opens(), workshop.clerk
    photo = workshop.does(lambda session: keep_photo(session, order, picture(), by=clerk))
    for _ in range(photos.MOST_PHOTOS - 1):
        workshop.does(lambda session: keep_photo(session, order, picture(), by=clerk))
    with pytest.raises(Conflict):
        workshop.does(lambda session: keep_photo(session, order, picture(), by=clerk))
    seen = workshop.does(
        lambda session: look_at_photo(session, order, photo, by=Actor("staff", "01looker"))
    )
    assert seen.startswith(b"\xff\xd8")
    with pytest.raises(NotFound):
        workshop.does(lambda session: look_at_photo(session, "01other", photo, by=clerk))
    with workshop.town.database.reading() as session:
        lookers = session.scalars(
            select(AuditEntry.actor_id).where(AuditEntry.event == "work_order.photo_seen")
        ).all()
        kept = session.scalars(select(StoredFile.purpose)).all()
    assert lookers == ["01looker"]
    assert set(kept) == {"work_order_photo"}


def test_an_order_that_is_over_takes_no_picture(workshop: Workshop) -> None:
    """Nothing is added to what is closed."""
    order = workshop.opens()
    workshop.does(
        lambda session: services.cancel(
            session, order, CancelReason.KEEPER_MENDED_IT, by=workshop.clerk
        )
    )
    with pytest.raises(WrongState):
        workshop.does(lambda session: keep_photo(session, order, picture(), by=workshop.clerk))

"""
Pictures that people hand in (上传图片): drawn anew before they are kept.

Nothing of the upload stays but its pixels: drawing it anew drops EXIF (place, time, telephone),
thumbnails, and whatever was hidden behind the picture. The type is told by the content, and the
number of pixels by the header, before anything is unpacked that would fill the memory.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_PIXELS = 40_000_000
LONGEST_SIDE_PIXELS = 1600
MEDIA_TYPE = "image/jpeg"
_TAKEN = ("JPEG", "PNG")
_QUALITY = 82


class PictureRefused(ValueError):
    """`no_picture`: neither JPEG nor PNG, or broken; `too_large`: more pixels than are taken."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def redrawn(data: bytes) -> bytes:
    """Return the pixels of *data* as a new JPEG, upright, at most 1600 pixels long.

    Raises `PictureRefused`.
    """
    try:
        with Image.open(BytesIO(data), formats=_TAKEN) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise PictureRefused("too_large")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except PictureRefused:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PictureRefused("no_picture") from None
    except Image.DecompressionBombError:
        raise PictureRefused("too_large") from None
    upright.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()

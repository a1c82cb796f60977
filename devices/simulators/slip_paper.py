"""
The paper of a simulated receipt printer: draws what the commands say, dot by dot.
"""

from io import BytesIO

import qrcode
from PIL import Image, ImageDraw, ImageFont

from devices.fonts import HOUSE_FONTS
from devices.protocols.escpos_stream import Characters, Command, Item, LineEnd

DOTS_PER_MM = 8
_CHARACTER_DOTS = 24
_LINE_DOTS = 32
_MARGIN_DOTS = 32


class SlipPaper:
    """Takes items of the stream and gives the height in dots that each one feeds.

    The printer's own font holds ASCII and GB 2312; anything else comes out as a box, as it
    does on real paper.
    """

    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._font = ImageFont.truetype(HOUSE_FONTS[0], _CHARACTER_DOTS)
        self.reset()
        self._strips: list[Image.Image] = []

    def reset(self) -> None:
        """Go back to the settings of a fresh start; what is on the paper stays."""
        self._align = 0
        self._bold = False
        self._times = 1
        self._line = b""
        self._qr_dots = 6
        self._qr_content = ""

    def obey(self, item: Item) -> int:
        """Carry out one item and return the dots that it fed."""
        before = self._height()
        match item:
            case Characters(raw):
                self._line += raw
            case LineEnd():
                self._end_line()
            case Command(b"\x1b@"):
                self.reset()
            case Command(b"\x1ba", parameters):
                self._align = parameters[0] % 48
            case Command(b"\x1bE", parameters):
                self._bold = bool(parameters[0] & 1)
            case Command(b"\x1d!", parameters):
                self._times = (parameters[0] & 7) + 1
            case Command(b"\x1bJ", parameters):
                self._blank(parameters[0])
            case Command(b"\x1bd", parameters):
                self._blank(parameters[0] * _LINE_DOTS)
            case Command(b"\x1dv", parameters):
                self._raster(parameters)
            case Command(b"\x1d(", parameters):
                self._qr(parameters[4:])
        return self._height() - before

    def tear(self) -> bytes:
        """Return what is on the paper as PNG and begin with fresh paper."""
        strips, self._strips = self._strips, []
        height = sum(strip.height for strip in strips) + 2 * _MARGIN_DOTS
        sheet = Image.new("L", (self._dots + 2 * _MARGIN_DOTS, height), 255)
        top = _MARGIN_DOTS
        for strip in strips:
            sheet.paste(strip, (_MARGIN_DOTS, top))
            top += strip.height
        held = BytesIO()
        sheet.save(held, "PNG")
        return held.getvalue()

    @property
    def is_blank(self) -> bool:
        """Say whether nothing has come out since the last cut."""
        return not self._strips

    def _height(self) -> int:
        return sum(strip.height for strip in self._strips)

    def _blank(self, dots: int) -> None:
        self._strips.append(Image.new("L", (self._dots, dots), 255))

    def _end_line(self) -> None:
        raw, self._line = self._line, b""
        text = raw.decode("gb18030", "replace")
        cells = [(each, 1 if each <= "~" else 2) for each in text]
        width = sum(cell for _, cell in cells) * _CHARACTER_DOTS // 2
        line = Image.new("L", (max(1, width), _LINE_DOTS), 255)
        pen, left = ImageDraw.Draw(line), 0
        for character, cell in cells:
            # Each in the middle of its cell, as firmware sets letters of one width.
            room = cell * _CHARACTER_DOTS / 2 - self._font.getlength(character)
            if _in_firmware(character):
                # Firmware sets bold by striking twice, one dot apart.
                for strike in range(1 + self._bold):
                    pen.text((left + room / 2 + strike, 24), character, 0, self._font, "ls")
            else:
                pen.rectangle((left + 3, 4, left + 20, 24), outline=0, width=2)
            left += cell * _CHARACTER_DOTS // 2
        if self._times > 1:
            line = line.resize((line.width * self._times, line.height * self._times))
        self._place(line)

    def _raster(self, parameters: bytes) -> None:
        across = int.from_bytes(parameters[2:4], "little")
        rows = int.from_bytes(parameters[4:6], "little")
        picture = Image.frombytes("1", (across * 8, rows), parameters[6:])
        self._place(Image.eval(picture.convert("L"), lambda shade: 255 - shade))

    def _qr(self, body: bytes) -> None:
        match body[0]:
            case 67:
                self._qr_dots = body[1]
            case 80:
                self._qr_content = body[2:].decode("utf-8", "replace")
            case 81:
                code = qrcode.QRCode(
                    error_correction=qrcode.constants.ERROR_CORRECT_M,
                    box_size=self._qr_dots,
                    border=2,
                )
                code.add_data(self._qr_content.encode(), optimize=0)
                self._place(code.make_image().get_image().convert("L"))

    def _place(self, picture: Image.Image) -> None:
        strip = Image.new("L", (self._dots, picture.height), 255)
        free = max(0, self._dots - picture.width)
        strip.paste(picture, ((0, free // 2, free)[self._align], 0))
        self._strips.append(strip)


def _in_firmware(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) in (1, 2)
    except UnicodeEncodeError:
        return False

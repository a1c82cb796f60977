"""
Seals (电子印章): sealing is the region's own and comes through its system; what ships here says
that it is no seal. Production without a seal system has none, and papers say so.
"""

from xml.sax.saxutils import escape

from kiosk_server.certificates.ports import Errand, NoSeal, SealAnswer, SealPicture
from kiosk_server.core import clock

_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 360">
<circle cx="180" cy="180" r="168" fill="none" stroke="#000000" stroke-width="6"
 stroke-dasharray="14 10"/>
<text x="180" y="140" font-size="44" text-anchor="middle" font-family="Noto Sans SC">模拟印章</text>
<text x="180" y="200" font-size="22" text-anchor="middle" font-family="Noto Sans SC">{body}</text>
<text x="180" y="250" font-size="26" text-anchor="middle" font-family="Noto Sans SC">不具效力</text>
</svg>"""


class NoSealSystem:
    """Nothing is connected."""

    def seal(self, body: str, document_number: str, errand: Errand) -> SealAnswer:
        """Say that there is no seal."""
        return NoSeal()


class SimulatedSeals:
    """Draws a broken ring that says it is simulated and without effect."""

    def seal(self, body: str, document_number: str, errand: Errand) -> SealAnswer:
        """Return the drawing for *body*."""
        picture = _PICTURE.format(body=escape(body))
        return SealPicture(body=body, svg=picture, verified_at=clock.now(), simulated=True)

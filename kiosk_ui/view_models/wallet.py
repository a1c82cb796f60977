"""One's own certificates at the terminal: which there are, one of them, what it is printed as."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Choice, Closed, Paging
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class WalletRow:
    """One certificate, or a copy with its purpose; `until` None is 长期."""

    title: Wording
    url: str
    until: date | None
    holder: str = ""
    """Masked, where it is not one's own."""
    purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletPage(Page):
    """
    What is there, page by page. `closed`: why nothing can be printed here now.

    `failed` is the paper that did not come out last; POST to `again_url` prints it once more.
    """

    template: ClassVar[str] = "pages/wallet.html"
    rows: tuple[WalletRow, ...]
    back_url: str
    paging: Paging = ONE_PAGE
    closed: Closed | None = None
    failed: str | None = None
    again_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCertificatePage(Page):
    """
    One certificate: POST `purpose` to `print_url`, a code of *purposes* or `own` for a mere view.

    A copy that was made before has no purposes to choose from.
    """

    template: ClassVar[str] = "pages/wallet_certificate.html"
    title: Wording
    issuer: Wording
    until: date | None
    print_url: str
    back_url: str
    purposes: tuple[Choice, ...] = ()
    purpose: str | None = None
    days: int = 30

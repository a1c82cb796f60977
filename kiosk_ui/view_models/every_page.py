"""Every page of the kiosk, for those who look at all of them."""

from kiosk_ui import view_models
from kiosk_ui.view_models.page import Page

PAGES: tuple[type[Page], ...] = tuple(
    each
    for each in vars(view_models).values()
    if isinstance(each, type) and issubclass(each, Page) and each is not Page
)

"""The programs of the product, loaded once for all journeys of a run."""

from collections.abc import Generator, Iterator

import pytest

from tests.support.processes import told_lately
from tests.support.warm_starts import WarmStarts, warm_starts

_LOOK_MS = 2000


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmStarts]:
    """Server, worker, host and simulators, loaded and ready to live."""
    with warm_starts() as found:
        yield found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the product's programs wrote beside a journey that failed, and what was on show."""
    report = yield
    if report.failed:
        report.sections += [(f"{name} wrote", text) for name, text in told_lately()]
        report.sections += [("shown", text) for text in _shown(item)]
    return report


def _shown(item: pytest.Item) -> Iterator[str]:
    """The words on each page that is still open in a browser that *item* asked for."""
    # A run may do without a browser; then no journey is imported, and none fails.
    from playwright.sync_api import BrowserContext, Error, Page  # noqa: PLC0415

    asked = getattr(item, "funcargs", {}).values()
    pages = [each for each in asked if isinstance(each, Page)]
    pages += [page for each in asked if isinstance(each, BrowserContext) for page in each.pages]
    for page in pages:
        try:
            page.set_default_timeout(_LOOK_MS)
            yield f"{page.url}\n{page.locator('body').inner_text()}"
        except Error as blind:
            yield f"not to be seen: {blind}"

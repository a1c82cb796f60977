"""A browser that looks at kiosk pages: the two formats, and what must not be seen on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import PATIENCE_MS
from tests.support.missing import need_program

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

FAULTS = """() => {
  const page = document.documentElement, faults = []
  const [below, beside] = [page.scrollHeight - innerHeight, page.scrollWidth - innerWidth]
  if (below > 0) faults.push('scrolls down ' + below)
  if (beside > 0) faults.push('scrolls aside ' + beside)
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest('svg, dialog, .out') || one.tagName === 'INPUT') continue
    const shown = getComputedStyle(one).display
    if (['none', 'contents', 'inline'].includes(shown)) continue
    if (one.querySelector(':scope > .out')) continue
    if (one.clientWidth && one.scrollWidth > one.clientWidth + 2) {
      faults.push(`too wide: ${one.tagName}.${one.className}`)
    }
  }
  const parts = [...document.querySelectorAll('main > *')]
    .map(part => [part, part.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0)
  for (const [one, a] of parts) for (const [other, b] of parts) {
    if (one !== other && a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2
      && b.top < a.bottom - 2) faults.push(`overlap: ${one.className} / ${other.className}`)
  }
  return faults
}"""


SWAP = """async ({address, turn}) => {
  const answer = await fetch(address)
  if (!answer.ok) return false
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const [head, nextHead] = [document, next].map(page =>
    [...page.head.querySelectorAll('link[rel=stylesheet], style, script[src]:not([data-turn])')])
  const named = one => one.getAttribute('href') ?? one.getAttribute('src') ?? one.textContent
  if (head.map(named).join() !== nextHead.map(named).join()) return false
  const [root, nextRoot] = [document.documentElement, next.documentElement]
  for (const one of [...root.attributes]) root.removeAttribute(one.name)
  for (const one of nextRoot.attributes) root.setAttribute(one.name, one.value)
  document.title = next.title
  // A parser that runs no scripts makes elements of what a browser that does keeps as text.
  for (const one of next.querySelectorAll('noscript')) one.replaceChildren()
  document.body.replaceWith(document.adoptNode(next.body))
  document.head.querySelector('[data-turn]')?.remove()
  const script = document.createElement('script')
  Object.assign(script, {type: 'module', nonce: 'test'})
  script.dataset.turn = turn
  script.src = nextHead.find(one => one.src).getAttribute('src') + `?turn=${turn}`
  await new Promise((resolve, reject) => {
    Object.assign(script, {onload: resolve, onerror: reject})
    document.head.append(script)
  })
  return true
}"""
"""Puts a page in the place of the one that is shown, under the same styles, and starts its modules.

False where it asks for other styles or scripts than the one before: it has to be loaded.
"""
TURNS = 20
"""After so many pages one is loaded anew: what the others' modules left behind ends with it."""


@dataclass(frozen=True)
class Format:
    """A panel: its pixels, and how many of them a millimetre has."""

    name: str
    width: int
    height: int
    px_per_mm: float


PORTRAIT = Format("portrait", 1080, 1920, 4.03)
LANDSCAPE = Format("landscape", 1280, 1024, 3.79)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium of this machine."""
    chromium = need_program("chromium", "apt-get install -y chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def page_of(opened: Browser, panel: Format) -> Iterator[Page]:
    """A fresh page on *panel*, with motion reduced so that nothing is measured half-way."""
    context = opened.new_context(
        viewport={"width": panel.width, "height": panel.height}, reduced_motion="reduce"
    )
    try:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
    finally:
        context.close()


class Leafing:
    """Shows page after page in one browser; styles and fonts are loaded for the first of them.

    That is what a page costs most, and it is the same for all. For pages of `render_pages` only.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._shown = 0

    def to(self, address: str) -> None:
        """Show the page at *address* as if it had been loaded."""
        turn, self._shown = self._shown, self._shown + 1
        if turn % TURNS == 0 or not self._page.evaluate(SWAP, {"address": address, "turn": turn}):
            self._page.goto(address)


def faults_of(page: Page) -> list[str]:
    """What does not fit on the page that is shown: scrolling, overflow, overlap."""
    page.evaluate(
        "() => Promise.all([...document.fonts].map(font => font.load())).then(() => true)"
    )
    found: list[str] = page.evaluate(FAULTS)
    return found

"""
What every page for residents must be, looked at in its HTML: a page that a test fetches is read.

One h1, a title, language and direction, labels, no id twice, a way out, a phone number for help;
scripts only with this answer's nonce, no inline style or handler; no identity number in clear.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_DIRECTION_OF = {"zh-CN": "ltr", "en": "ltr", "ug": "rtl", "ky-Arab": "rtl"}
_HELP_PHONE = "12345"
_NEEDS_NO_LABEL = frozenset({"hidden", "submit", "button"})
_EMPTY = frozenset({"input", "meta", "link", "br", "img", "hr", "col"})


@dataclass
class PageRead(HTMLParser):
    """The parts of one page that the inspection asks about."""

    language: str | None = None
    direction: str | None = None
    titles: list[str] = field(default_factory=list)
    h1: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    inputs: list[dict[str, str]] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    scripts: list[dict[str, str]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms_without_token: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._form: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what *tag* says about the page."""
        values = {name: value or "" for name, value in attrs}
        self.ids.update([values["id"]] if "id" in values else [])
        if tag not in _EMPTY:
            self._open.append(tag)
        self.inline += [
            f"{tag} {name}" for name in values if name == "style" or name.startswith("on")
        ]
        match tag:
            case "html":
                self.language, self.direction = values.get("lang"), values.get("dir")
            case "title" if "svg" not in self._open:
                self.titles.append("")
            case "h1":
                self.h1.append("")
            case "style":
                self.inline.append("style element")
            case "script":
                self.scripts.append(values)
            case "input" | "select" | "textarea":
                self._note_input(values)
            case "label":
                self.labelled.add(values.get("for", ""))
            case "a":
                self.links.append(values.get("href", ""))
            case "form":
                self._note_form(values)

    def handle_endtag(self, tag: str) -> None:
        """Close *tag*; a form that posts must have shown its token by then."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form" and self._form is not None:
            self.forms_without_token.append(self._form)
            self._form = None

    def handle_data(self, data: str) -> None:
        """Collect what a person reads."""
        if "script" in self._open:
            if data.strip():
                self.inline.append("script text")
            return
        self.text.append(data)
        if "h1" in self._open:
            self.h1[-1] += data
        if self._open[-1:] == ["title"] and self.titles and "svg" not in self._open:
            self.titles[-1] += data

    def _note_input(self, values: dict[str, str]) -> None:
        if values.get("name") == "csrf_token" and values.get("value"):
            self._form = None
        if values.get("type") not in _NEEDS_NO_LABEL and "label" not in self._open:
            self.inputs.append(values)

    def _note_form(self, values: dict[str, str]) -> None:
        method = values.get("method", "get").lower()
        self.actions.append((method, values.get("action", "")))
        self._form = values.get("action", "") if method == "post" else None


def read_page(html: str) -> PageRead:
    """Return the parts of *html*."""
    page = PageRead()
    page.feed(html)
    page.close()
    return page


def faults_of(
    html: str, policy: str, *, help_phone: str = _HELP_PHONE, scans: bool = False
) -> list[str]:
    """Return everything that is wrong with a page served under this Content-Security-Policy.

    A page that *scans* runs a decoder in WebAssembly; no other page may.
    """
    return _faults_in(read_page(html), policy, help_phone=help_phone, scans=scans)


def _faults_in(page: PageRead, policy: str, *, help_phone: str, scans: bool) -> list[str]:
    seen = " ".join(page.text)
    faults = [f"inline {what}" for what in page.inline]
    faults += [f"form without token: {action}" for action in page.forms_without_token]
    if [bool(words.strip()) for words in page.h1] != [True]:
        faults.append(f"{len(page.h1)} h1")
    if len(page.titles) != 1 or not page.titles[0].strip():
        faults.append("no title")
    if page.language not in _DIRECTION_OF or page.direction != _DIRECTION_OF[page.language]:
        faults.append(f"language {page.language}, direction {page.direction}")
    faults += [
        f"no label for {values.get('name', values.get('id', '?'))}"
        for values in page.inputs
        if not (values.get("aria-label") or values.get("aria-labelledby"))
        and values.get("id") not in page.labelled
    ]
    # A label's `for` means the first that has the id, whatever stands further down.
    faults += [f"id twice: {name}" for name, times in page.ids.items() if times > 1]
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    faults += [
        f"script without nonce: {script.get('src', 'inline')}"
        for script in page.scripts
        if script.get("nonce") not in nonces
    ]
    allowed = policy.replace(" 'wasm-unsafe-eval'", "", 1) if scans else policy
    if "unsafe" in allowed:
        faults.append("an unsafe policy")
    if _NUMBER.search(seen):
        faults.append("an identity number in clear")
    if help_phone not in seen:
        faults.append("no phone number for help")
    if not (page.links or page.actions):
        faults.append("no way out")
    return faults


def inspect(response: TestResponse, *, scans: bool = False) -> PageRead:
    """Fail on anything wrong with the page in *response*; return its parts."""
    policy = response.headers.get("Content-Security-Policy", "")
    page = read_page(response.text)
    faults = _faults_in(page, policy, help_phone=_HELP_PHONE, scans=scans)
    assert not faults, f"{response.request.path}: {'; '.join(faults)}"
    assert response.headers.get("Cache-Control") == "no-store", response.request.path
    return page

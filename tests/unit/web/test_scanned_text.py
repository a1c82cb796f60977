"""What a scanned text is: ours by its whole origin, anybody else's never opened; twice the same."""

import json
import subprocess

import pytest

from kiosk_server.certificates.rules import CHECK_LENGTH
from kiosk_server.public.scanned_text import LONGEST_SHOWN, What, for_showing, read_scanned
from tests.support.missing import need_program
from tests.support.source_tree import ROOT

ORIGIN = "https://fuwu.example.cn"
TOKEN = "A" * 22
PAPER = "0123456789abcdefghjkmnpqrs"
SIGN = f"{PAPER}.kidkidkid11.{'s' * 86}"
MODULE = ROOT / "kiosk_server/web/static/scripts/scan-text.mjs"
OURS = {
    f"{ORIGIN}/s/{TOKEN}": What.LIVE,
    f"  {ORIGIN}/s/{TOKEN}?lang=ug ": What.LIVE,
    f"{ORIGIN}/v/{PAPER}-{'0' * CHECK_LENGTH}": What.PAPER,
    f"{ORIGIN}/v/{PAPER}": What.PAPER,
    f"{ORIGIN}/sign/{SIGN}": What.SIGN,
    f"{ORIGIN}/c/{TOKEN}": What.PAGE,
    "ZZ1:6BFOXN": What.OFFLINE,
}
OTHERS = (
    f"https://evil.example/s/{TOKEN}",
    f"https://fuwu.example.cn.evil.example/s/{TOKEN}",
    f"https://fuwu.example.cn@evil.example/s/{TOKEN}",
    f"http://fuwu.example.cn/s/{TOKEN}",
    f"https://fuwu.example.cn:8443/s/{TOKEN}",
    f"javascript:alert(1)//{ORIGIN}/s/{TOKEN}",
    "https://[",
    f"{ORIGIN}/staff/",
    f"{ORIGIN}/sign/../staff/",
    "<img src=x onerror=alert(1)>",
    "WIFI:S:free;T:nopass;;",
    "",
)


@pytest.mark.parametrize(("text", "what"), OURS.items())
def test_what_is_ours_is_known_by_its_form(text: str, what: What) -> None:
    """Addresses of our own origin and offline codes are told apart."""
    assert read_scanned(text, origin=ORIGIN).what is what


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_ours_is_foreign(text: str) -> None:
    """Another host, another scheme, a name in front of the host: none of them is ours."""
    assert read_scanned(text, origin=ORIGIN).what is What.FOREIGN


def test_a_typed_code_needs_no_address() -> None:
    """The bare code of a phone or of a paper is taken as it was typed."""
    assert read_scanned(TOKEN, origin=ORIGIN).what is What.LIVE
    assert read_scanned("0123 4567 89AB CDEF GHJK MNPQ RS", origin=ORIGIN).what is What.PAPER


def test_a_strangers_text_is_shown_short_and_plain() -> None:
    """Nothing unseen (line ends, letters that turn the direction) reaches the page."""
    shown = for_showing("a\u202eb\nc\x00" + "d" * 200)
    assert shown.startswith("a b c d")
    assert (len(shown), shown.isprintable()) == (LONGEST_SHOWN, True)


def test_the_script_says_the_same() -> None:
    """What a browser takes for ours or for foreign, the server takes for the same."""
    node = need_program("node", "apt-get install -y --no-install-recommends nodejs")
    texts = [*OURS, *OTHERS]
    run = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ forShowing, whatIs }} from {json.dumps(MODULE.as_uri())};
        const {{ texts, origin }} = JSON.parse(readFileSync(0, "utf8"));
        const found = texts.map((text) => [whatIs(text, origin).what, forShowing(text)]);
        process.stdout.write(JSON.stringify(found));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", run],
        input=json.dumps({"texts": texts, "origin": ORIGIN}),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    pages = {What.PAPER: "page", What.SIGN: "page"}
    expected = []
    for text in texts:
        what = read_scanned(text, origin=ORIGIN).what
        expected.append([pages.get(what, what.value), for_showing(text)])
    assert json.loads(done.stdout) == expected

"""The region's sign-in as oidc-provider plays it: started, signed in to by hand, rotated."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import requests

from tests.support.npm_peer import node_program, peers

CLIENT, SECRET = "city", "a-secret-of-the-test-and-of-nobody"
_FORM = re.compile(r'<form[^>]*action="([^"]+)"')
_PROMPT = re.compile(r'name="prompt" value="([^"]+)"')
_STEPS = 12


@dataclass(frozen=True)
class Region:
    """A running issuer."""

    issuer: str

    def rotate(self) -> None:
        """Let the issuer sign with a new key from now on."""
        requests.get(f"{self.issuer}/rotate", timeout=60).raise_for_status()

    def sign_in(self, address: str, login: str, back: str) -> str:
        """Go through the issuer's pages as *login*; return where it sends the browser back."""
        with requests.Session() as browser:
            browser.trust_env = False
            answer = browser.get(address, allow_redirects=False, timeout=60)
            for _ in range(_STEPS):
                onward = answer.headers.get("Location")
                if onward is not None:
                    onward = urljoin(answer.url, onward)
                    if onward.startswith(back):
                        return onward
                    answer = browser.get(onward, allow_redirects=False, timeout=60)
                    continue
                form, prompt = _FORM.search(answer.text), _PROMPT.search(answer.text)
                assert form is not None, answer.text[:400]
                assert prompt is not None, answer.text[:400]
                fields = {"prompt": prompt.group(1), "login": login, "password": "any"}
                action = urljoin(answer.url, form.group(1))
                answer = browser.post(action, data=fields, allow_redirects=False, timeout=60)
        raise AssertionError("the issuer did not lead back")


@contextmanager
def region_peer(back: str, *, algorithm: str = "ES256") -> Iterator[Region]:
    """Run the issuer for one client that is led *back*, as long as the block lasts."""
    command = [*node_program("region.mjs", peers()), back, algorithm]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Region(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.stdin.close()
            process.wait(timeout=60)

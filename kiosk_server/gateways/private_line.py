"""
What every line to a partner over HTTP has: a session in which nobody else has a say, and answers
of bounded length.
"""

from http.cookiejar import DefaultCookiePolicy

import requests


class TooLarge(Exception):
    """An answer is longer than any that was agreed."""


def private_session() -> requests.Session:
    """Return a session that no proxy or password of the machine, and no cookie, has a say in."""
    session = requests.Session()
    close_off(session)
    return session


def close_off(session: requests.Session) -> None:
    """Let neither the machine's environment nor a cookie have a say in *session*."""
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))


def content_within(answer: requests.Response, largest: int) -> bytes:
    """Return the content of a streamed answer; raises `TooLarge` beyond *largest* bytes."""
    content = bytearray()
    for part in answer.iter_content(64 * 1024):
        content += part
        if len(content) > largest:
            raise TooLarge
    return bytes(content)

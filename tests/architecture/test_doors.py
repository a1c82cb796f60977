"""Every door of the server has a guard with a name."""

from fnmatch import fnmatch

import pytest
from flask import Flask

GUARDS_BY_PATH = (
    ("/api/terminal/v1/enrolments", "open: an enrolment code in the body is the key"),
    (
        "/api/terminal/v1/captures",
        "an enrolled terminal, by its signature, with a document",
    ),
    ("/api/terminal/v1/", "an enrolled terminal, by its signature"),
    ("/api/mobile/v1/session/codes", "open: a phone that is not signed in"),
    ("/api/mobile/v1/me", "a signed-in phone, by its token, that may *"),
    ("/api/mobile/v1/phones", "a signed-in phone, by its token, that may manage phones"),
    (
        "/api/mobile/v1/phones/<phone_id>",
        "a signed-in phone, for one of its own account, that may manage phones",
    ),
    ("/callbacks/wechat-pay", "a notice of WeChat Pay, by its signature"),
    ("/callbacks/alipay", "a notice of Alipay, by its signature"),
    ("/callbacks/public-payment", "a notice of the region's public payment, by its signature"),
    ("/metrics", "the bearer of the metrics token"),
    ("/healthz", "open to everybody"),
    ("/readyz", "open to everybody"),
)


def doors(app: Flask) -> dict[str, str]:
    """Return the path of every route, and the name of the guard before it."""
    surfaces = app.extensions["kiosk_surfaces"]
    found = {}
    for rule in app.url_map.iter_rules():
        blueprint, dot, _ = rule.endpoint.rpartition(".")
        found[rule.rule] = surfaces[blueprint].guard.name if dot and blueprint in surfaces else ""
    return found


def test_every_route_stands_behind_a_named_guard(app: Flask) -> None:
    """There is no route outside the surfaces, and no surface without a guard."""
    listed = doors(app)
    assert [path for path, guard in listed.items() if not guard] == []
    print("\n".join(f"{path:60} {guard}" for path, guard in sorted(listed.items())))


@pytest.mark.parametrize(("path", "guard"), GUARDS_BY_PATH)
def test_the_doors_that_matter_have_their_own_guard(app: Flask, path: str, guard: str) -> None:
    """A terminal's doors ask for its signature, figures for their token."""
    more_exact = [other for other, _ in GUARDS_BY_PATH if other != path and other.startswith(path)]
    wrong = {
        rule: found
        for rule, found in doors(app).items()
        if rule.startswith(path)
        and not rule.startswith(tuple(more_exact))
        and not fnmatch(found, guard)
    }
    assert wrong == {}

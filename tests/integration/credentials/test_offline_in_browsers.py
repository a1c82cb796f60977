"""The module of browsers judges every code as the server does: one run of node over vectors."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from kiosk_server.credentials.lists import read_status_list
from kiosk_server.credentials.offline import PREFIX, verify
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.credentials.signers import Algorithm
from kiosk_server.credentials.status import Status
from tests.support.credentials import (
    FACTS,
    NOON,
    code,
    key,
    listed,
    signed_trust,
    trusting,
)
from tests.support.missing import need_program
from tests.support.source_tree import ROOT

MODULE = ROOT / "kiosk_server/web/static/scripts/offline-verify.mjs"
ED = key(Algorithm.ED25519, 3)
TRUST = trusting(key(), ED)
STATES = {f"p{number}": status for number, status in enumerate(Status, 100)}
STATUSES = listed(key(), **STATES)
RUN = """
import { readFileSync } from "node:fs";
import { ListRefused, readStatusList, readTrustList, verify } from MODULE;
const told = JSON.parse(readFileSync(0, "utf8"));
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const trustList = await readTrustList(bytes(told.trust), null);
const statusList = await readStatusList(bytes(told.statuses), trustList);
const verdicts = [];
for (const { text, now, audience, lists } of told.cases) {
  const kept = lists ? { trustList, statusList } : { trustList: null, statusList: null };
  verdicts.push(await verify(text, { ...kept, now: new Date(now * 1000), audience }));
}
const refused = [];
const isRefused = (reading) => reading.then(() => false, (fault) => fault instanceof ListRefused);
for (const hex of told.spoilt_trust) {
  refused.push(await isRefused(readTrustList(bytes(hex), trustList)));
}
for (const hex of told.spoilt_statuses) {
  refused.push(await isRefused(readStatusList(bytes(hex), trustList)));
}
process.stdout.write(JSON.stringify({ verdicts, refused }));
"""


def case(text: str, **changes: Any) -> dict[str, Any]:
    """One code, when it is scanned and by whom."""
    return {"text": text, "now": NOON, "audience": None, "lists": True, **changes}


def cases() -> list[dict[str, Any]]:
    """Codes of every kind of end."""
    text, hotel = code(), code(facts=replace(FACTS, audience="hotel"))
    lasting = code(facts=replace(FACTS, expires_at=NOON + timedelta(days=30)))
    return [
        case(text),
        case(code(ED)),
        case("https://somebody.example/"),
        case(PREFIX),
        case(PREFIX + "::::::"),
        case(PREFIX + "A" * 2_000),
        case(code(key(seed=9))),
        case(code(facts=replace(FACTS, issuer="https://elsewhere.example"))),
        *(case(text[:at] + "A" + text[at + 1 :]) for at in range(10, len(text), 37)),
        case(text, now=NOON - timedelta(minutes=2)),
        case(text, now=FACTS.expires_at + timedelta(minutes=2)),
        case(hotel),
        case(hotel, audience="hotel"),
        case(text, lists=False),
        case(lasting, now=NOON + timedelta(days=2)),
        case(lasting, now=NOON + timedelta(days=8)),
        *(case(code(facts=replace(FACTS, place=100 + at))) for at in range(len(Status))),
    ]


def by_server(told: Mapping[str, Any]) -> str | None:
    """What the server finds."""
    statuses = read_status_list(STATUSES, TRUST)
    trust, kept = (TRUST, statuses) if told["lists"] else (None, None)
    now: datetime = told["now"]
    found = verify(told["text"], trust=trust, statuses=kept, now=now, audience=told["audience"])
    return found.reason.value if found.reason else None


def test_a_browser_judges_as_the_server_does() -> None:
    """Over every kind of code both find the same reason; lists that are not ours are refused."""
    node = need_program("node", "apt-get install -y --no-install-recommends nodejs")
    told = cases()
    stranger = key(seed=9)
    spoilt = [listed(stranger), b"", signed_trust(key(), TRUST)]
    order = {
        "trust": signed_trust(key(), TRUST).hex(),
        "statuses": STATUSES.hex(),
        "cases": [{**each, "now": each["now"].timestamp()} for each in told],
        "spoilt_trust": [
            signed_trust(stranger, trusting(stranger, version=9)).hex(),
            signed_trust(key(), trusting(key(), version=1)).hex(),
            STATUSES.hex(),
        ],
        "spoilt_statuses": [each.hex() for each in spoilt],
    }
    done = subprocess.run(
        [node, "--input-type=module", "-e", RUN.replace("MODULE", json.dumps(MODULE.as_uri()))],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    found = [each["reason"] for each in answer["verdicts"]]
    assert found == [by_server(each) for each in told]
    assert set(found) == {None, *OfflineReason}
    assert answer["refused"] == [True] * 6
    facts = answer["verdicts"][0]["facts"]
    assert (facts["maskedName"], facts["fields"]) == (FACTS.masked_name, dict(FACTS.fields))


@pytest.mark.policy("P34")
def test_what_our_key_did_not_sign_tells_nothing() -> None:
    """A forged code shows no name beside its reason."""
    forged = code(key(seed=9))
    found = verify(forged, trust=TRUST, statuses=None, now=NOON)
    assert (found.reason, found.facts) == (OfflineReason.UNKNOWN_ISSUER, None)

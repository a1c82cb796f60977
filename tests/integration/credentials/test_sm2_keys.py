"""Keys of SM2 beside those that every phone verifies, on both databases and on a phone."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import cbor2
import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.cose import key_set
from kiosk_server.credentials.judging import judge_offline
from kiosk_server.credentials.key_rules import KeyTerms
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.credentials.signers import Algorithm
from kiosk_server.credentials.sm2_signers import new_sm2_signer
from tests.support.credentials import (
    NOON,
    ORIGIN,
    code,
    issue,
    kept_licence,
    key,
    listed,
    signed_trust,
    trusting,
)
from tests.support.missing import need_program
from tests.support.source_tree import ROOT

BEGINNING = datetime(2026, 1, 5, 4, tzinfo=UTC)
MODULE = ROOT / "kiosk_server/web/static/scripts/offline-verify.mjs"
RUN = """
import { readFileSync } from "node:fs";
import { readStatusList, readTrustList, verify } from MODULE;
const told = JSON.parse(readFileSync(0, "utf8"));
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const trustList = await readTrustList(bytes(told.trust), null);
const statusList = await readStatusList(bytes(told.statuses), trustList);
const now = new Date(told.now * 1000);
const found = told.codes.map((text) => verify(text, { trustList, statusList, now }));
process.stdout.write(JSON.stringify(await Promise.all(found)));
"""


def rotate_on(
    database: Database, day: float, algorithm: Algorithm = Algorithm.ES256
) -> list[tuple[str, str]]:
    """Rotate on a day after the beginning; return algorithm and state of the keys."""
    with clock.frozen(BEGINNING + timedelta(days=day)), database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, algorithm=algorithm)
        return [(kind.value, standing.state.value) for _, kind, standing in keys.standings(session)]


def test_sm2_follows_its_own_timetable_beside_the_other_line(database: Database) -> None:
    """The first key waits out its announcement; both lines then have their successors."""
    first = [("ES256", "active"), ("SM2", "announced")]
    assert rotate_on(database, 0, Algorithm.SM2) == first
    assert rotate_on(database, 13) == first
    assert rotate_on(database, 14) == [("ES256", "active"), ("SM2", "active")]
    assert rotate_on(database, 91) == [
        ("ES256", "active"),
        ("SM2", "active"),
        ("ES256", "announced"),
        ("SM2", "announced"),
    ]
    assert rotate_on(database, 106)[:2] == [("ES256", "retiring"), ("SM2", "retiring")]


def test_codes_are_signed_with_sm2_and_lists_with_what_everybody_reads(database: Database) -> None:
    """A code of SM2 is genuine at the house; both lists stay the same bytes for every server."""
    certificate = kept_licence(database)
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, algorithm=Algorithm.SM2)
    (before,) = issue(database, certificate)
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, terms=KeyTerms(announced=timedelta()))
    (text,) = (each.text for each in issue(database, certificate))
    with database.reading() as session:
        signs, lists = keys.code_signer(session), keys.signer(session)
        assert (signs.algorithm, lists.algorithm) == (Algorithm.SM2, Algorithm.ES256)
        assert judge_offline(session, text, origin=ORIGIN).reason is None
        stopped = judge_offline(session, before.text, origin=ORIGIN).reason
        assert stopped is OfflineReason.STOPPED
        with clock.frozen(clock.now()):
            for made in (codes.trust_list, codes.status_list):
                assert made(session, origin=ORIGIN) == made(session, origin=ORIGIN)
        published = cbor2.loads(key_set(keys.published_keys(session)))
        assert [each[2].decode() for each in published] == [lists.kid, signs.kid]


def test_a_server_without_the_extra_signs_nothing_in_its_stead(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes wait, lists are published, the other line turns, a stolen key is taken out."""
    rotate_on(database, 0, Algorithm.SM2)
    rotate_on(database, 14)
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    with database.unit_of_work() as session:
        with pytest.raises(Unavailable, match="issuer_key_missing"):
            keys.code_signer(session)
        assert codes.trust_list(session, origin=ORIGIN)
    assert rotate_on(database, 91)[2:] == [("ES256", "announced")]
    with clock.frozen(BEGINNING + timedelta(days=91)), database.unit_of_work() as session:
        stolen = next(kid for kid, kind, _ in keys.standings(session) if kind is Algorithm.SM2)
        keys.withdraw(session, stolen, by=SYSTEM)
        assert stolen not in [each.kid for each in keys.published_keys(session)]
        assert keys.code_signer(session).algorithm is Algorithm.ES256


def test_a_line_that_was_ended_begins_by_an_operator_s_word_alone(database: Database) -> None:
    """Ended, its key verifies on for its time; neither worker nor withdrawal makes another."""
    rotate_on(database, 0, Algorithm.SM2)
    rotate_on(database, 14)
    with clock.frozen(BEGINNING + timedelta(days=15)), database.unit_of_work() as session:
        assert keys.end_sm2(session, by=SYSTEM) == 1
        assert keys.code_signer(session).algorithm is Algorithm.ES256
        (_, sm2) = keys.published_keys(session)
        assert sm2.algorithm is Algorithm.SM2
    assert rotate_on(database, 44) == [("ES256", "active"), ("SM2", "retiring")]
    assert rotate_on(database, 45) == [("ES256", "active"), ("SM2", "retired")]
    with clock.frozen(BEGINNING + timedelta(days=46)), database.unit_of_work() as session:
        keys.withdraw(session, sm2.kid, by=SYSTEM)
        assert [kind for _, kind, _ in keys.standings(session)].count(Algorithm.SM2) == 1


def test_a_stolen_key_of_sm2_is_followed_by_one_that_is_announced(database: Database) -> None:
    """Until the next one may sign, codes are signed by the other line."""
    rotate_on(database, 0, Algorithm.SM2)
    rotate_on(database, 14)
    with clock.frozen(BEGINNING + timedelta(days=15)), database.unit_of_work() as session:
        stolen = keys.code_signer(session).kid
        keys.withdraw(session, stolen, by=SYSTEM)
        assert keys.code_signer(session).algorithm is Algorithm.ES256
    assert rotate_on(database, 15)[1:] == [("SM2", "withdrawn"), ("SM2", "announced")]


def test_a_phone_that_cannot_judge_sm2_says_that_its_issuer_can() -> None:
    """WebCrypto has no SM2: such a code is unreadable, not altered; a forged header is altered."""
    node = need_program("node", "apt-get install -y --no-install-recommends nodejs")
    sm2, common = new_sm2_signer(), key()
    order = {
        "trust": signed_trust(common, trusting(common, sm2)).hex(),
        "statuses": listed(common).hex(),
        "now": NOON.timestamp(),
        "codes": [code(common), code(sm2), code(_Posing(sm2.kid))],
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
    genuine, unjudged, forged = json.loads(done.stdout)
    assert genuine["reason"] is None
    assert unjudged == {"reason": "unreadable", "facts": None, "askIssuer": True}
    assert forged == {"reason": "altered", "facts": None}


class _Posing:
    """Signs with ES256 under the id of another key."""

    algorithm = Algorithm.ES256

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self.public = key().public
        self.secret = key().secret

    def sign(self, data: bytes) -> bytes:
        return key().sign(data)

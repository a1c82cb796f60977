"""Numbers, labels and lives of phones."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk_server.residents.phone_keys import checked_key
from kiosk_server.residents.phone_rules import (
    ACCESS_LIFE,
    LONGEST_LABEL,
    TokenKind,
    expiry,
    label_of,
    mobile_number,
)

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
P256 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
ED25519 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800000001", "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("0086 13800000001", "13800000001"),
        ("12800000001", None),
        ("1380000000", None),
        ("138000000012", None),
        ("", None),
        ("1380000000a", None),
        ("１３８０００００００１", None),
    ],
)
def test_a_mobile_number_is_read_as_people_write_it(typed: str, number: str | None) -> None:
    """Spaces, dashes and the country's prefix fall away; anything else is no number."""
    assert mobile_number(typed) == number


def test_a_label_is_one_short_printable_line() -> None:
    """What a phone calls itself can neither break a list nor hide in it."""
    assert label_of("my\n\u202ephone\x00") == "myphone"
    assert len(label_of("x" * 400)) == LONGEST_LABEL


def test_a_token_never_outlives_its_phone() -> None:
    """The last token of an old phone ends with it."""
    ends = NOW + timedelta(minutes=3)
    assert expiry(TokenKind.ACCESS, NOW, ends) == ends
    assert expiry(TokenKind.ACCESS, NOW, NOW + timedelta(days=9)) == NOW + ACCESS_LIFE


@pytest.mark.parametrize("key", [P256, ED25519])
def test_public_keys_of_two_kinds_are_taken(key: dict[str, str]) -> None:
    """RFC 7515 A.3's P-256 key and RFC 8037 A.2's Ed25519 key are kept as they are."""
    assert checked_key({**key, "kid": "mine"}) == key


@pytest.mark.parametrize(
    "change",
    [
        {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"},
        {"crv": "P-384"},
        {"x": "AAAA"},
        {"x": "A" * 43},
        {"y": None},
        {"kty": "oct"},
    ],
)
def test_any_other_key_is_refused(change: dict[str, str | None]) -> None:
    """A private key, another curve, a point off the curve: none is kept."""
    assert checked_key({**P256, **change}) is None

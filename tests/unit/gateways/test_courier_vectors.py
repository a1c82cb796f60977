"""The signatures and seals of couriers, by the vectors of their documentation."""

import json

import pytest

from kiosk_server.gateways.courier_ems import opened, sealed
from kiosk_server.gateways.courier_kuaidi100 import (
    Kuaidi100Account,
    PushRefused,
    push_sign,
    query_sign,
    read_push,
)
from kiosk_server.gateways.courier_sf import digest_of

EMS_VECTORS = [
    (
        "WjNoNmhXWE12SFZJdk0zWQ==",
        '[{"wholeAddress":"ABC123"}]',
        "|$4|slRLUixzb1DplJxnGKMG5tcXh0zH5Ry1qZAIemYxDc7VfSxow31WUmgLbzbJt996Ud/vpaVOMcwyqsLvQRXPaA"
        "==",
    ),
    (
        "TvaBgrhE46sft3nZlfe7xw==",
        '{"language":"zh-CN","orderId":"QIAO-20200618-004"}',
        "|$4|efB6PnjDpgHG4xfrvYlXonyBuMJoGTynkfasopHvbl2u3nmNeP+rznA3DyRwb/2GeZL7I3rL6HKD5+Tv3Uy6x8"
        "jIDISbYG8Bg14caH2flYE=",
    ),
]


@pytest.mark.policy("P42")
@pytest.mark.parametrize(
    ("data", "digest"),
    [
        ('{"a":1}', "MTi764CWVlVMKjj8p0kGeQ=="),
        ('{"cargo":"证件 *~"}', "YC9AVk3jF+2RVE9J7J2csg=="),
    ],
)
def test_sf_digests_what_is_sent(data: str, digest: str) -> None:
    """A space becomes `+`, `*` stays, `~` becomes `%7E`, as Java encodes addresses."""
    assert digest_of(data, "1700000000000", "cw") == digest


@pytest.mark.policy("P42")
@pytest.mark.parametrize(("key", "text", "expected"), EMS_VECTORS)
def test_ems_seals_with_sm4(key: str, text: str, expected: str) -> None:
    """SM4-ECB with PKCS #7 over text and key, and back again."""
    assert sealed(text, key) == expected
    assert opened(expected, key) == text


@pytest.mark.parametrize(
    "altered",
    ["slRLUg==", "|$4|not base64!", "|$4|" + "A" * 44, "|$4|slRLUixzb1DplJxnGKMG5g=="],
)
def test_what_was_not_sealed_for_ems_does_not_open(altered: str) -> None:
    """No mark, no base64, another key's: nothing comes out."""
    with pytest.raises(ValueError):
        opened(altered, EMS_VECTORS[0][0])


@pytest.mark.policy("P42")
def test_kuaidi100_signs_questions_and_pushes() -> None:
    """A question with key and customer, a push with its salt, both in capitals."""
    asked = '{"com":"shunfeng","num":"SF1234567890123","phone":"0000"}'
    account = Kuaidi100Account("CUST", "KEY", "SALT")
    assert query_sign(asked, account) == "D365D1427B8468D5A4F91E1A7BBCEC10"
    assert push_sign('{"status":"polling"}', "SALT") == "9E1C45EE8E992780AB1C5976032B9F61"


@pytest.mark.parametrize(
    "param",
    [
        "[]",
        "{",
        '{"lastResult":null}',
        '{"lastResult":{"com":"yuantong","nu":"1"}}',
        '{"lastResult":{"com":"ems","nu":"1","data":{}}}',
        '{"lastResult":{"com":"ems","nu":"1","data":[{"ftime":"yesterday"}]}}',
    ],
)
def test_a_push_that_says_nothing_readable_is_refused(param: str) -> None:
    """A right signature over nonsense: refused by its own word, and nothing falls."""
    with pytest.raises(PushRefused, match="unreadable"):
        read_push(param, push_sign(param, "SALT"), "SALT")


@pytest.mark.parametrize("sign", ["", "9E1C45EE8E992780AB1C5976032B9F60", "é"])
def test_a_push_with_a_wrong_signature_is_not_read(sign: str) -> None:
    """Forged, empty or of other letters: refused before it is read."""
    param = json.dumps({"lastResult": {"com": "ems", "nu": "1", "data": []}})
    with pytest.raises(PushRefused, match="signature"):
        read_push(param, sign, "SALT")

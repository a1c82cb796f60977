"""Payment channels come from one file: read whole, every fault in words, keys never shown."""

import base64
from pathlib import Path

import pytest

from kiosk_server.settings import Settings, SettingsFault
from kiosk_server.settings_payments import SIMULATED, PaymentTerms, as_payments
from tests.support.pay_keys import private_pem, public_pem

WHOLE = """
[public_payment]
address = "https://pay.region.example/v1/"
unit = "653001999"
key_file = "shared.key"
[wechat_pay]
app_id = "wx1"
merchant_id = "1900000001"
serial = "51AB"
private_key_file = "merchant.pem"
api_v3_key_file = "api.key"
platform_keys = { PUB_KEY_ID_01 = "platform.pem" }
[alipay]
app_id = "2026"
private_key_file = "app.pem"
alipay_key_file = "alipay.pem"
[bank_pos]
address = "https://pos.bank.example/v1"
merchant = "104653001"
key_file = "shared.key"
machines = { "atushi-centre-1" = "65300001", "atushi-centre-2" = "65300002" }
[fiscal]
address = "https://bills.region.example/v1"
unit = "653001"
key_file = "shared.key"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the keys that the file names."""
    for name, content in {
        "shared.key": base64.b64encode(b"k" * 32),
        "merchant.pem": private_pem("wechat-merchant"),
        "api.key": b"a" * 32 + b"\n",
        "platform.pem": public_pem("wechat-platform"),
        "app.pem": private_pem("alipay-app"),
        "alipay.pem": public_pem("alipay"),
        "payments.toml": WHOLE.encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_whole_file_is_read(folder: Path) -> None:
    """Four channels and the treasury; usual addresses where none is given; no key is shown."""
    terms = as_payments(str(folder / "payments.toml"))
    assert terms.addresses == (
        "https://pay.region.example/v1",
        "https://api.mch.weixin.qq.com",
        "https://openapi.alipay.com/gateway.do",
        "https://pos.bank.example/v1",
        "https://bills.region.example/v1",
    )
    assert terms.fiscal is not None
    assert terms.fiscal.unit == "653001"
    assert terms.bank_pos is not None
    assert terms.bank_pos.machines["atushi-centre-2"] == "65300002"
    assert terms.wechat_pay is not None
    assert terms.wechat_pay.api_v3_key == b"a" * 32
    assert "PRIVATE" not in repr(terms)
    assert "kkkk" not in repr(terms)
    assert not terms.simulated


def test_words_are_enough_without_channels() -> None:
    """`simulated` is the default, `none` is nobody."""
    assert as_payments("none") == PaymentTerms()
    assert as_payments("simulated") is SIMULATED
    assert Settings().payments is SIMULATED


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('app_id = "wx1"\n', "", "needs app_id"),
        ('"merchant.pem"', '"nowhere.pem"', "cannot read"),
        ('"merchant.pem"', '"api.key"', "holds no RSA key"),
        ('"platform.pem"', '"api.key"', "holds no RSA key"),
        ('"api.key"', '"shared.key"', "32 characters"),
        ("https://pay.region", "http://pay.region", "https://"),
        ('serial = "51AB"', 'serial = "51AB"\nserail = "x"', "knows no serail"),
        ('"65300002"', '"65300001"', "one machine"),
        ("https://pos.bank", "http://pos.bank", "https://"),
        ("[alipay]", "[alypay]", "sections of"),
        ("[alipay]", "[alipay", "toml"),
        ('{ PUB_KEY_ID_01 = "platform.pem" }', '"platform.pem"', "must name files"),
    ],
)
def test_faults_are_told_in_words(folder: Path, old: str, new: str, word: str) -> None:
    """What is missing, misspelt or no key is named with its place."""
    path = folder / "payments.toml"
    path.write_text(WHOLE.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=word):
        as_payments(str(path))


def test_a_file_that_is_not_there_stops_the_server(tmp_path: Path) -> None:
    """The fault stands among all the others."""
    with pytest.raises(SettingsFault, match=r"KIOSK_PAYMENTS: .*cannot be read"):
        Settings.from_environment({"KIOSK_PAYMENTS": str(tmp_path / "none.toml")})


def test_production_asks_for_money_over_https_alone(folder: Path) -> None:
    """An address of this machine is for tests."""
    path = folder / "payments.toml"
    local = WHOLE.replace("https://pay.region.example", "http://127.0.0.1:9")
    path.write_text(local, encoding="utf-8")
    given = {"KIOSK_ENVIRONMENT": "production", "KIOSK_PAYMENTS": str(path)}
    with pytest.raises(SettingsFault, match="money over https"):
        Settings.from_environment(given)

"""
Which payment channels there are, from one file (公共支付, 微信支付, 支付宝, 银行 POS):
`KIOSK_PAYMENTS`.

    [public_payment]                      the region's platform, offered first (P26)
    address = "https://…"   unit = "执收单位编码"   key_file = "…"       32 bytes in base64
    [wechat_pay]
    address, app_id, merchant_id, serial, private_key_file, api_v3_key_file,
    platform_keys = { PUB_KEY_ID_… = "file.pem" }                    none: certificates are fetched
    [alipay]
    address, app_id, private_key_file, alipay_key_file
    [bank_pos]                            a bank's machines at our windows
    address, merchant, key_file, machines = { "window's id" = "the machine's number" }

    [fiscal]                              the treasury's system of 财政电子票据
    address, unit, key_file

Files are named from the folder of this one. Keys stay in files of their own, so that their
readers can be few.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from kiosk_server.settings_reader import as_key

WECHAT_ADDRESS = "https://api.mch.weixin.qq.com"
ALIPAY_ADDRESS = "https://openapi.alipay.com/gateway.do"
Terms = TypeVar("Terms")


@dataclass(frozen=True)
class PublicPaymentTerms:
    """The region's platform: where it is, which unit we are there, and the key of both sides."""

    address: str
    unit: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class WechatPayTerms:
    """One merchant of WeChat Pay; keys as PEM, the APIv3 key as its 32 bytes."""

    address: str
    app_id: str
    merchant_id: str
    serial: str
    private_key: bytes = field(repr=False)
    api_v3_key: bytes = field(repr=False)
    platform_keys: Mapping[str, bytes]


@dataclass(frozen=True)
class AlipayTerms:
    """One application at Alipay; keys as PEM."""

    address: str
    app_id: str
    private_key: bytes = field(repr=False)
    alipay_key: bytes


@dataclass(frozen=True)
class BankPosTerms:
    """A bank's machines: where the bank is asked, who we are there, which window has which one."""

    address: str
    merchant: str
    key: bytes = field(repr=False)
    machines: Mapping[str, str]


@dataclass(frozen=True)
class FiscalTerms:
    """The treasury's system: where it is, which unit (开票单位) we are there, both sides' key."""

    address: str
    unit: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class PaymentTerms:
    """What is connected; `simulated` adds the cashier and the POS that only play one."""

    simulated: bool = False
    public_payment: PublicPaymentTerms | None = None
    wechat_pay: WechatPayTerms | None = None
    alipay: AlipayTerms | None = None
    bank_pos: BankPosTerms | None = None
    fiscal: FiscalTerms | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where money is asked for."""
        parts = (self.public_payment, self.wechat_pay, self.alipay, self.bank_pos, self.fiscal)
        return tuple(part.address for part in parts if part is not None)


SIMULATED = PaymentTerms(simulated=True)


def as_payments(text: str) -> PaymentTerms:
    """Return the channels that `none`, `simulated` or a file names; `ValueError` says the fault."""
    if text == "none":
        return PaymentTerms()
    if text == "simulated":
        return SIMULATED
    path = Path(text)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path}: cannot be read") from None
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{path}: {fault}") from None
    readers: dict[str, Callable[[_Section], Any]] = {
        "public_payment": _public_payment,
        "wechat_pay": _wechat_pay,
        "alipay": _alipay,
        "bank_pos": _bank_pos,
        "fiscal": _fiscal,
    }
    if not told or not told.keys() <= readers.keys():
        raise ValueError(f"{path}: must hold sections of {', '.join(readers)}, and no other")
    parts = {name: readers[name](_Section(path, name, told[name])) for name in told}
    return PaymentTerms(**parts)


class _Section:
    """One channel's part of the file, read to its last word."""

    def __init__(self, path: Path, name: str, told: object) -> None:
        self._path, self._name = path, name
        self._left = dict(told) if isinstance(told, dict) else {}

    def text(self, name: str, default: str | None = None) -> str:
        value = self._left.pop(name, default)
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{self._path}: [{self._name}] needs {name}")
        return value.strip()

    def address(self, default: str | None = None) -> str:
        value = self.text("address", default).rstrip("/")
        if not value.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError(f"{self._path}: [{self._name}] address must begin with https://")
        return value

    def file(self, name: str) -> bytes:
        return self._read(self.text(name))

    def files(self, name: str) -> dict[str, bytes]:
        return {
            key: self._pem(value, load_pem_public_key)
            for key, value in self.table(name, "files").items()
        }

    def table(self, name: str, what: str) -> dict[str, str]:
        named = self._left.pop(name, {})
        if not isinstance(named, dict):
            fault = f"{self._path}: [{self._name}] {name} must name {what}"
            raise ValueError(fault)  # noqa: TRY004 - the file is wrong, not our code
        return {str(key): str(value) for key, value in named.items()}

    def private_key(self) -> bytes:
        return self._pem(self.text("private_key_file"), _load_private)

    def public_key(self, name: str) -> bytes:
        return self._pem(self.text(name), load_pem_public_key)

    def done(self, terms: Terms) -> Terms:
        if self._left:
            raise ValueError(f"{self._path}: [{self._name}] knows no {', '.join(self._left)}")
        return terms

    def _pem(self, name: str, load: Callable[[bytes], object]) -> bytes:
        pem = self._read(name)
        try:
            key = load(pem)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if isinstance(key, RSAPrivateKey | RSAPublicKey):
            return pem
        raise ValueError(f"{self._path}: [{self._name}] {name} holds no RSA key (PEM)")

    def _read(self, name: str) -> bytes:
        try:
            return (self._path.parent / name).read_bytes().strip()
        except OSError:
            raise ValueError(f"{self._path}: [{self._name}] cannot read {name}") from None


def _load_private(pem: bytes) -> object:
    return load_pem_private_key(pem, None)


def _public_payment(section: _Section) -> PublicPaymentTerms:
    return section.done(
        PublicPaymentTerms(
            section.address(),
            section.text("unit"),
            as_key(section.file("key_file").decode("ascii", "replace")),
        )
    )


def _wechat_pay(section: _Section) -> WechatPayTerms:
    terms = WechatPayTerms(
        address=section.address(WECHAT_ADDRESS),
        app_id=section.text("app_id"),
        merchant_id=section.text("merchant_id"),
        serial=section.text("serial"),
        private_key=section.private_key(),
        api_v3_key=section.file("api_v3_key_file"),
        platform_keys=section.files("platform_keys"),
    )
    if len(terms.api_v3_key) != 32:
        raise ValueError("[wechat_pay] api_v3_key_file: the APIv3 key has 32 characters")
    return section.done(terms)


def _alipay(section: _Section) -> AlipayTerms:
    return section.done(
        AlipayTerms(
            address=section.address(ALIPAY_ADDRESS),
            app_id=section.text("app_id"),
            private_key=section.private_key(),
            alipay_key=section.public_key("alipay_key_file"),
        )
    )


def _bank_pos(section: _Section) -> BankPosTerms:
    terms = BankPosTerms(
        address=section.address(),
        merchant=section.text("merchant"),
        key=as_key(section.file("key_file").decode("ascii", "replace")),
        machines=section.table("machines", "machines"),
    )
    if len(set(terms.machines.values())) != len(terms.machines):
        raise ValueError("[bank_pos] machines: one machine stands at one window")
    return section.done(terms)


def _fiscal(section: _Section) -> FiscalTerms:
    key = as_key(section.file("key_file").decode("ascii", "replace"))
    return section.done(FiscalTerms(section.address(), section.text("unit"), key))

"""Notices of payment: believed behind the channel's signature, about our merchant, and fresh."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_alipay import Alipay, signed_node, to_be_signed
from kiosk_server.gateways.pay_alipay_bill import bill_lines as alipay_lines
from kiosk_server.gateways.pay_public import PublicPayment
from kiosk_server.gateways.pay_wechat import WechatPay
from kiosk_server.gateways.pay_wechat_bill import bill_lines as wechat_lines
from kiosk_server.gateways.pay_wechat_keys import CannotOpen, open_resource
from kiosk_server.gateways.pay_wire import NoAnswer
from kiosk_server.payments.ports import (
    AskedPayment,
    AskedRefund,
    CodeGiven,
    NoticeForged,
    NoticeOfNothing,
    NoticeOfPayment,
    NoticeOfRefund,
    Paid,
    RefundDone,
)
from tests.support import alipay_server, public_payment_server, wechat_pay_server
from tests.support.alipay_server import AlipayServer
from tests.support.public_payment_server import PublicPaymentServer
from tests.support.wechat_pay_server import API_KEY, WechatPayServer

FEN = 100


def asked() -> AskedPayment:
    """A payment of one yuan."""
    until = clock.now() + timedelta(minutes=30)
    return AskedPayment(new_id(), FEN, "费", until, "https://city.example/c")


def lower(headers: dict[str, str]) -> dict[str, str]:
    """Header names as a gateway is given them."""
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture
def wechat() -> Iterator[WechatPayServer]:
    """WeChat Pay on loopback."""
    with wechat_pay_server.serving() as server:
        yield server


@pytest.fixture
def alipay() -> Iterator[AlipayServer]:
    """Alipay on loopback."""
    with alipay_server.serving() as server:
        yield server


@pytest.fixture
def public() -> Iterator[PublicPaymentServer]:
    """The region's platform on loopback."""
    with public_payment_server.serving() as server:
        yield server


def test_wechats_notice_is_opened_with_the_api_key(wechat: WechatPayServer) -> None:
    """Payment and refund are read out of the sealed resource."""
    gateway, order = WechatPay(wechat.terms), asked()
    gateway.create(order)
    wechat.pay(order.number)
    headers, body = wechat.notice(order.number)
    told = gateway.read_notice(lower(headers), body)
    assert isinstance(told, NoticeOfPayment)
    assert (told.number, told.paid.amount_fen) == (order.number, FEN)
    back = AskedRefund(new_id(), order.number, 40, FEN, "https://city.example/c")
    gateway.refund(back)
    headers, body = wechat.refund_notice(back.number)
    told_back = gateway.read_notice(lower(headers), body)
    assert isinstance(told_back, NoticeOfRefund)
    assert isinstance(told_back.outcome, RefundDone)


def test_wechats_forged_notices_are_named(wechat: WechatPayServer) -> None:
    """An altered body, another key, an old one, none at all, another merchant, a made-up serial."""
    gateway, order = WechatPay(wechat.terms), asked()
    gateway.create(order)
    wechat.pay(order.number)
    headers, body = wechat.notice(order.number)
    good = lower(headers)
    probe = good | {"wechatpay-signature": "WECHATPAY/SIGNTEST/" + good["wechatpay-signature"]}
    other, other_body = wechat.notice(order.number, mchid="1900000009")
    cases = [
        (good, body.replace(b"TRANSACTION", b"TRANSACTIOM"), "signature"),
        (lower(wechat.signed(body, by="somebody")), body, "signature"),
        (probe, body, "signature"),
        (lower(wechat.signed(body, stamp=1_500_000_000)), body, "stale"),
        ({}, body, "unsigned"),
        (good | {"wechatpay-serial": "PUB_KEY_ID_0000"}, body, "serial"),
        (lower(other), other_body, "merchant"),
        (lower(wechat.signed(b"no json")), b"no json", "unreadable"),
    ]
    told = [gateway.read_notice(given, sent) for given, sent, _ in cases]
    assert told == [NoticeForged(why) for _, _, why in cases]


def test_wechats_certificates_are_fetched_by_serial(wechat: WechatPayServer) -> None:
    """Without a given key the platform's certificates are, once; they must sign themselves."""
    wechat.by_certificate = True
    gateway, order = WechatPay(wechat.terms), asked()
    assert isinstance(gateway.create(order), CodeGiven)
    assert wechat.asked.count("GET /v3/certificates") == 1
    wechat.pay(order.number)
    headers, body = wechat.notice(order.number)
    assert isinstance(gateway.read_notice(lower(headers), body), NoticeOfPayment)
    made_up = lower(headers) | {"wechatpay-serial": "1234"}
    for _ in range(3):
        assert gateway.read_notice(made_up, body) == NoticeForged("serial")
    assert wechat.asked.count("GET /v3/certificates") == 1
    fresh = WechatPay(wechat.terms)
    wechat.misbehave = ["forged"]
    assert fresh.read_notice(lower(headers), body) == NoticeForged("serial")


def test_a_resource_opens_for_its_key_alone() -> None:
    """The tag is the last sixteen bytes: one bit less, and nothing is opened."""
    sealed = wechat_pay_server._sealed(b"{}")
    assert open_resource(API_KEY, sealed) == b"{}"
    for wrong in (
        sealed | {"associated_data": "x"},
        sealed | {"algorithm": "AES"},
        sealed | {"ciphertext": "AAAA"},
        {"algorithm": "AEAD_AES_256_GCM"},
    ):
        with pytest.raises(CannotOpen):
            open_resource(API_KEY, wrong)


def test_alipays_notice_is_checked_without_sign_and_type(alipay: AlipayServer) -> None:
    """Sorted parameters, decoded; a trade that waits or is closed tells nothing."""
    gateway, order = Alipay(alipay.terms), asked()
    gateway.create(order)
    alipay.pay(order.number)
    told = gateway.read_notice({}, alipay.notice(order.number))
    assert isinstance(told, NoticeOfPayment)
    assert isinstance(told.paid, Paid)
    assert (told.number, told.paid.amount_fen) == (order.number, FEN)
    for edits in (
        {"trade_status": "WAIT_BUYER_PAY"},
        {"trade_status": "TRADE_CLOSED"},
        {"refund_fee": "0.40", "out_biz_no": "r1"},
    ):
        body = alipay.notice(order.number, **edits)
        assert isinstance(gateway.read_notice({}, body), NoticeOfNothing)


def test_alipays_forged_notices_are_named(alipay: AlipayServer) -> None:
    """A changed amount, another key, another application, no signature, no form."""
    gateway, order = Alipay(alipay.terms), asked()
    gateway.create(order)
    alipay.pay(order.number)
    good = alipay.notice(order.number)
    fields = dict(parse_qsl(good.decode(), keep_blank_values=True))
    cases = [
        (urlencode(fields | {"total_amount": "0.01"}).encode(), "signature"),
        (alipay.notice(order.number, by="somebody"), "signature"),
        (alipay.notice(order.number, app_id="2026999999999999"), "application"),
        (urlencode(fields | {"sign_type": "RSA"}).encode(), "unsigned"),
        (urlencode({key: fields[key] for key in fields if key != "sign"}).encode(), "unsigned"),
        (b"\xff\xfe", "unreadable"),
        (alipay.notice(order.number, total_amount="1.001"), "unreadable"),
        (alipay.notice(order.number, gmt_payment=""), "unreadable"),
    ]
    told = [gateway.read_notice({}, body) for body, _ in cases]
    assert told == [NoticeForged(why) for _, why in cases]


def test_alipay_signs_the_very_characters_of_its_node() -> None:
    """What was signed is cut out as text, spaces and escapes and all."""
    answer = b'{"x_response": {"code":"10000","a":"\\/ }\\""} ,"sign":"s"}'
    assert signed_node(answer, "x_response") == ('{"code":"10000","a":"\\/ }\\""}', "s")
    for wrong in (b"[]", b"<html>", b'{"sign":"s"}', b'{"x_response":{}}'):
        with pytest.raises(NoAnswer):
            signed_node(wrong, "x_response")
    assert to_be_signed({"b": "2", "a": "1", "c": ""}) == b"a=1&b=2"


def test_the_regions_notice_is_signed_with_the_shared_key(public: PublicPaymentServer) -> None:
    """A payment, a refund; altered or old it is forged."""
    gateway, order = PublicPayment(public.terms), asked()
    gateway.create(order)
    public.pay(order.number)
    headers, body = public.notice(order.number)
    told = gateway.read_notice(lower(headers), body)
    assert isinstance(told, NoticeOfPayment)
    back = AskedRefund(new_id(), order.number, 40, FEN, "https://city.example/c")
    gateway.refund(back)
    back_headers, back_body = public.refund_notice(back.number)
    assert isinstance(gateway.read_notice(lower(back_headers), back_body), NoticeOfRefund)
    altered = json.dumps(json.loads(body) | {"amount_fen": 1}).encode()
    assert gateway.read_notice(lower(headers), altered) == NoticeForged("signature")
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert gateway.read_notice(lower(headers), body) == NoticeForged("stale")
    headers, body = public.notice(order.number, at="2026-11-23T12:00:00")
    assert gateway.read_notice(lower(headers), body) == NoticeForged("unreadable")


def test_bills_that_are_cut_off_are_none(wechat: WechatPayServer, alipay: AlipayServer) -> None:
    """The number of lines at the end must be there, and right."""
    whole = wechat.bill_text("2026").decode()
    assert wechat_lines(whole) == ()
    for cut in ("", whole.replace("`0,`0.00", "`1,`0.00"), whole.split("总交易单数")[0]):
        with pytest.raises(ValueError, match=r"bill|lines"):
            wechat_lines(cut)
    assert alipay_lines(alipay.bill_file("2026")) == ()
    for broken in (b"", b"PK", alipay.bill_file("2026")[:100]):
        with pytest.raises(ValueError, match="bill"):
            alipay_lines(broken)

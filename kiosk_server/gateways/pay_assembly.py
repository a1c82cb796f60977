"""Which payment channels there are, by the settings, once for a process: fuses must remember."""

from kiosk_server.core.database import Database
from kiosk_server.gateways.pay_bank_pos import BankPos
from kiosk_server.gateways.pay_simulated import SimulatedPayments
from kiosk_server.gateways.pos_simulated import SimulatedPos
from kiosk_server.payments.ports import Gateways, PaymentGateway
from kiosk_server.settings import Settings


def payment_gateways(settings: Settings, database: Database) -> Gateways:
    """Return the channels in the order in which they are offered, the platform first (P26).

    Production has no cashier that only plays one: `simulated` means none there.
    """
    terms = settings.payments
    found: list[PaymentGateway] = []
    # Their HTTP library is slow to import, and a simulated cashier has no use for it.
    if terms.public_payment is not None:
        from kiosk_server.gateways.pay_public import PublicPayment  # noqa: PLC0415

        found.append(PublicPayment(terms.public_payment))
    if terms.wechat_pay is not None:
        from kiosk_server.gateways.pay_wechat import WechatPay  # noqa: PLC0415

        found.append(WechatPay(terms.wechat_pay))
    if terms.alipay is not None:
        from kiosk_server.gateways.pay_alipay import Alipay  # noqa: PLC0415

        found.append(Alipay(terms.alipay))
    if terms.bank_pos is not None:
        from kiosk_server.gateways.pos_http import PosOverHttp  # noqa: PLC0415

        found.append(BankPos(PosOverHttp(terms.bank_pos)))
    if terms.simulated and not settings.production:
        found.append(SimulatedPayments(database, settings.public_origin))
        if terms.bank_pos is None:
            found.append(BankPos(SimulatedPos(database, settings.public_origin)))
    return {gateway.channel: gateway for gateway in found}

"""
What certificates say of themselves between places (电子证照元数据, GB/T 36903).

Elements go by the tags that sharing services use; the holder's code says of which kind it is. The
national state has two values; departments tell more, and each of theirs has a state of ours.
"""

from collections.abc import Mapping
from enum import StrEnum

from kiosk_server.certificates.lives import CertificateState


class HolderCode(StrEnum):
    """Kinds of holders' codes (持证主体代码类型), by their codes in GB/T 36903."""

    UNIFIED_SOCIAL_CREDIT = "001"
    OTHER_ORGANISATION = "099"
    CITIZEN = "111"
    OFFICER = "114"
    ARMED_POLICE_OFFICER = "115"
    SOLDIER = "118"
    ARMED_POLICE_SOLDIER = "119"
    CIVILIAN_STAFF = "120"
    ARMED_POLICE_CIVILIAN_STAFF = "122"
    DIPLOMATIC_PASSPORT = "411"
    SERVICE_PASSPORT = "412"
    PUBLIC_AFFAIRS_PASSPORT = "413"
    ORDINARY_PASSPORT = "414"
    TAIWAN_PERMIT = "511"
    HONG_KONG_MACAO_PERMIT = "516"
    OTHER_PERSON = "999"

    @property
    def of_organisation(self) -> bool:
        """Whether such a code names an organisation and no person."""
        return self in (HolderCode.UNIFIED_SOCIAL_CREDIT, HolderCode.OTHER_ORGANISATION)


class Element(StrEnum):
    """Elements of the metadata, by their tags."""

    NAME = "ZZMC"
    TYPE_CODE = "ZZLXDM"
    NUMBER = "ZZBH"
    IDENTIFIER = "ZZBS"
    ISSUER = "ZZBFJG"
    ISSUER_CODE = "ZZBFJGDM"
    ISSUED_ON = "ZZBFRQ"
    HOLDER = "CZZT"
    HOLDER_CODE = "CZZTDM"
    HOLDER_CODE_KIND = "CZZTDMLX"
    HOLDER_CODE_KIND_CODE = "CZZTDMLXDM"
    VALID_FROM = "ZZYXQQSRQ"
    VALID_UNTIL = "ZZYXQJZRQ"
    SIGNED_BY = "ZZQZR"
    SIGNED_AT = "ZZQZSJ"
    SIGNATURE_NAME = "ZZQZMC"


ELEMENT_NAMES: Mapping[Element, str] = {
    Element.NAME: "证照名称",
    Element.TYPE_CODE: "证照类型代码",
    Element.NUMBER: "证照编号",
    Element.IDENTIFIER: "证照标识",
    Element.ISSUER: "证照颁发机构",
    Element.ISSUER_CODE: "证照颁发机构代码",
    Element.ISSUED_ON: "证照颁发日期",
    Element.HOLDER: "持证主体",
    Element.HOLDER_CODE: "持证主体代码",
    Element.HOLDER_CODE_KIND: "持证主体代码类型",
    Element.HOLDER_CODE_KIND_CODE: "持证主体代码类型代码",
    Element.VALID_FROM: "证照有效期起始日期",
    Element.VALID_UNTIL: "证照有效期截止日期",
    Element.SIGNED_BY: "证照签章人",
    Element.SIGNED_AT: "证照签章时间",
    Element.SIGNATURE_NAME: "证照签章名称",
}

HOLDER_CODE_NAMES: Mapping[HolderCode, str] = {
    HolderCode.UNIFIED_SOCIAL_CREDIT: "统一社会信用代码",
    HolderCode.OTHER_ORGANISATION: "其他法人或其他组织有效证件代码",
    HolderCode.CITIZEN: "公民身份号码",
    HolderCode.OFFICER: "军官证",
    HolderCode.ARMED_POLICE_OFFICER: "武警警官证",
    HolderCode.SOLDIER: "士兵证",
    HolderCode.ARMED_POLICE_SOLDIER: "武警士兵证",
    HolderCode.CIVILIAN_STAFF: "文职人员证",
    HolderCode.ARMED_POLICE_CIVILIAN_STAFF: "武警文职人员证",
    HolderCode.DIPLOMATIC_PASSPORT: "外交护照",
    HolderCode.SERVICE_PASSPORT: "公务护照",
    HolderCode.PUBLIC_AFFAIRS_PASSPORT: "公务普通护照",
    HolderCode.ORDINARY_PASSPORT: "普通护照",
    HolderCode.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    HolderCode.HONG_KONG_MACAO_PERMIT: "港澳居民来往内地通行证",
    HolderCode.OTHER_PERSON: "其他自然人有效证件代码",
}

_DEPARTMENTS_STATES: Mapping[str, CertificateState] = {
    # The two of the national directory: 现势, 注销.
    "1": CertificateState.VALID,
    "2": CertificateState.CANCELLED,
    "01": CertificateState.VALID,
    "02": CertificateState.WITHHELD,
    "03": CertificateState.RESCINDED,
    "04": CertificateState.CANCELLED,
    "05": CertificateState.LAPSED,
    # 办理转出: another authority keeps it now, and this one's stands no longer.
    "06": CertificateState.CANCELLED,
    "07": CertificateState.REVOKED,
}


def state_told(code: str) -> CertificateState | None:
    """Return our state for a department's code, national or of the longer table.

    None for 99 其他 and for what nobody explained: such a certificate is not shown as good.
    """
    return _DEPARTMENTS_STATES.get(code)

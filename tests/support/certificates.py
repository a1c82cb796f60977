"""Proofs of an unreal person, issued as the cases room does it."""

from typing import Any

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates import services
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.models import Certificate

FACTS = (Fact("险种", "城镇职工基本养老保险"), Fact("累计月数", "177"))


def issued(session: Session, **changes: Any) -> Certificate:
    """One issued proof; `changes` replace what `issue` is told."""
    told: dict[str, Any] = {
        "series": "TEST",
        "kind": "个人参保证明",
        "item_code": "SAMPLE-RS-01",
        "item_version_id": "01jd3v9q2m8x4k7t5w6y0z1itm",
        "case_id": "01jd3v9q2m8x4k7t5w6y0z1cas",
        "resident_id": "01jd3v9q2m8x4k7t5w6y0z1res",
        "holder_name": "阿依古丽·测试",
        "issuer": "阿图什市社会保险中心",
        "facts": FACTS,
        "good_for": "供本人查询、核对使用",
        "not_good_for": "不作为须加盖印章的证明文件使用",
        "by": SYSTEM,
        "sample": True,
    }
    return services.issue(session, **(told | changes))

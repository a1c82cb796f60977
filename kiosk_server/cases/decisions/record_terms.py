"""
Terms that departments write in their records, and the codes under which screens have words for
them. A term that is not listed is shown as the record has it.
"""

from collections.abc import Mapping

INSURANCE_KINDS: Mapping[str, str] = {
    "企业职工基本养老保险": "pension_employees",
    "机关事业单位基本养老保险": "pension_public",
    "城乡居民基本养老保险": "pension_residents",
    "职工基本医疗保险": "medical_employees",
    "城乡居民基本医疗保险": "medical_residents",
    "失业保险": "unemployment",
    "工伤保险": "work_injury",
    "生育保险": "maternity",
}
"""险种."""

INSURANCE_STATUSES: Mapping[str, str] = {
    "参保缴费": "paying",
    "暂停缴费": "paused",
    "中断": "stopped",
    "终止参保": "ended",
    "待遇领取": "drawing",
}
"""参保状态."""

FUND_STATUSES: Mapping[str, str] = {
    "正常": "open",
    "封存": "sealed_up",
    "销户": "closed",
}
"""公积金账户状态."""

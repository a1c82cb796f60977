"""
Codes on identity documents: sex (GB/T 2261.1) and peoples (民族, GB/T 3304).
"""

from collections.abc import Mapping

SEXES: Mapping[str, str] = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}

# fmt: off
_PEOPLES_IN_ORDER = (
    "汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依",
    "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼", "哈萨克", "傣",
    "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西",
    "景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南",
    "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克", "俄罗斯", "鄂温克",
    "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴",
    "珞巴", "基诺",
)
# fmt: on

PEOPLES: Mapping[str, str] = {
    **{f"{code:02d}": people for code, people in enumerate(_PEOPLES_IN_ORDER, start=1)},
    "81": "穿青人",
    "97": "其他",
    "98": "外国血统中国籍人士",
}


def people(code: str) -> str:
    """Return the people's name for a two-digit code; codes of one vendor only count as 其他."""
    return PEOPLES.get(code, "其他")


def sex(code: str) -> str:
    """Return the word for a sex code; anything outside the table is 未知."""
    return SEXES.get(code, "未知")

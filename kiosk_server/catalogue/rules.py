"""
What an implementation list (实施清单) must say before it may be published (P02).

Seventeen elements, each with an explicit value. “Nothing” is said with its reason (不收费;
法律未规定时限; 无结果文书), never with a blank or a dash; every material cites its basis.
"""

from collections.abc import Mapping, Sequence

from kiosk_server.core.errors import FieldFault

ELEMENTS: Mapping[str, str] = {
    "name": "名称",
    "code": "编码",
    "kind": "类型",
    "basis": "设定依据",
    "body": "实施主体",
    "conditions": "受理条件",
    "for_whom": "服务对象",
    "statutory_limit": "法定办结时限",
    "result": "办理结果",
    "result_sample": "结果样本",
    "fee": "收费标准",
    "fee_basis": "收费依据",
    "materials": "申请材料",
    "flow": "办理流程",
    "channels": "办理形式",
    "review_standard": "审查标准",
    "handling_scope": "通办范围",
}
"""Key -> the element's Chinese name, in the order in which they are published."""

FIELDS = (
    "社会保险",
    "医疗卫生",
    "养老服务",
    "便民服务",
    "残疾人服务",
    "社会服务",
    "户籍管理",
    "劳动就业",
    "住房保障",
    "公共教育",
)
"""Fields of service (领域) in the order in which they are shown: what most come for first."""

LIFE = "便民服务"
"""The field of services that others do and answer for (P47)."""

KINDS = (
    "行政许可",
    "行政确认",
    "行政裁决",
    "行政给付",
    "行政奖励",
    "行政备案",
    "其他行政权力",
    "公共服务",
)
"""P01: only matters handled on application are items."""

_BLANKS = {"", "-", "--", "—", "——", "/", "无", "略", "暂无", "空", "待定"}
_MOST_STEPS = 3


def field_rank(field: str) -> int:
    """Return where *field* stands among the fields; one that is not named stands last."""
    return FIELDS.index(field) if field in FIELDS else len(FIELDS)


def missing_elements(elements: Mapping[str, object]) -> tuple[FieldFault, ...]:
    """Return everything that bars *elements* from publication, all of it at once (P02)."""
    faults = [
        FieldFault(key, "element_missing", f"{label}: an explicit value is wanted")
        for key, label in ELEMENTS.items()
        if _is_blank(elements.get(key))
    ]
    missing = {fault.at for fault in faults}
    if "kind" not in missing and not str(elements["kind"]).startswith(KINDS):
        faults.append(FieldFault("kind", "kind_unknown", "类型: not a matter on application"))
    if "materials" not in missing:
        faults.extend(_material_faults(elements["materials"]))
    if "flow" not in missing:
        faults.extend(_flow_faults(elements["flow"]))
    unknown = sorted(set(elements) - set(ELEMENTS))
    faults.extend(FieldFault(key, "element_unknown", "no such element") for key in unknown)
    return tuple(faults)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return value.strip() in _BLANKS
    if isinstance(value, Sequence):
        return not value
    return True


def _material_faults(materials: object) -> list[FieldFault]:
    if not isinstance(materials, list):
        return [FieldFault("materials", "materials_unreadable", "a list of materials is wanted")]
    return [
        FieldFault(f"materials.{at}.{key}", "element_missing", f"申请材料: {label}")
        for at, material in enumerate(materials)
        for key, label in (("name", "名称"), ("basis", "依据"), ("how", "提交方式"))
        if not isinstance(material, Mapping) or _is_blank(material.get(key))
    ]


def _flow_faults(flow: object) -> list[FieldFault]:
    if not isinstance(flow, list):
        return [FieldFault("flow", "flow_unreadable", "a list of steps is wanted")]
    if len(flow) > _MOST_STEPS:
        return [
            FieldFault("flow", "flow_too_long", "受理、审核（审查）、办结: at most three (P06)")
        ]
    return []

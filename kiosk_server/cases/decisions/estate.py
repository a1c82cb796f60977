"""
不动产登记资料查询（个人名下）: what is registered here in the applicant's own name, or nothing.

审查标准: 查询人为权利人；目的已填；登记簿可用；同名不同号不出结果.
The register is this city's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk_server.cases.decisions.decision import (
    Applicant,
    Decision,
    Finding,
    PaperColumn,
    PaperFacts,
    Reason,
    Saying,
    chinese_date,
    rows_of,
    text_of,
)
from kiosk_server.cases.models import Outcome
from kiosk_server.residents.rules import same_name

TITLE = "不动产登记资料查询结果证明"
_LIMITS = "本结果只及阿图什市不动产登记簿，反映查询时点的登记情况，仅供本次目的使用。"
_COLUMNS = (
    PaperColumn("坐落", share=5),
    PaperColumn("不动产权证号", share=5),
    PaperColumn("权利类型", share=3),
    PaperColumn("面积（平方米）", share=3, numeric=True),
    PaperColumn("限制情况", share=3),
)


@dataclass(frozen=True)
class EstateSearch:
    """The rule, version 1."""

    name: str = "estate_search"
    version: int = 1

    def decide(
        self, record: Mapping[str, Any] | None, *, applicant: Applicant, today: date
    ) -> Decision:
        """Return the decision over what the register holds under one number."""
        if not applicant.purpose:
            return self._decision(Outcome.REFUSED, (Reason("purpose_not_stated", {}),), None)
        if record is None:
            return self._nothing(applicant, today)
        name = text_of(record, "name")
        if not same_name(applicant.card_name, name):
            return self._decision(Outcome.REFUSED, (Reason("name_differs", {}),), None)
        estates = rows_of(record, "estates")
        if not estates:
            return self._nothing(applicant, today)
        rows = tuple(
            tuple(
                text_of(row, field)
                for field in ("location", "certificate", "right", "area", "restriction")
            )
            for row in estates
        )
        paper = PaperFacts(
            title=TITLE,
            holder_name=name,
            sentences=(
                f"截至{text_of(record, 'as_of')}，在本市不动产登记簿中名下登记如下：",
                _LIMITS,
            ),
            columns=_COLUMNS,
            rows=rows,
            findings=(
                Finding(
                    Saying("登记情况", "finding_register"),
                    Saying(f"有登记，{len(rows)} 处", "finding_estates", {"count": len(rows)}),
                ),
                *(
                    Finding(
                        Saying(row[0]),
                        Saying(f"{row[3]} 平方米", "finding_area", {"area": row[3]}),
                    )
                    for row in rows[:6]
                ),
            ),
        )
        reasons = (
            Reason("card_matches_record", {}),
            Reason("purpose_stated", {}),
            Reason("estates_found", {"count": len(rows)}),
        )
        return self._decision(Outcome.GRANTED, reasons, paper)

    def _nothing(self, applicant: Applicant, today: date) -> Decision:
        paper = PaperFacts(
            title=TITLE,
            holder_name=applicant.card_name,
            sentences=(
                f"截至{chinese_date(today)}，在本市不动产登记簿中未查询到上述人员名下的登记。",
                _LIMITS,
            ),
            columns=(),
            rows=(),
            findings=(
                Finding(
                    Saying("登记情况", "finding_register"),
                    Saying("未查询到登记", "finding_no_estate"),
                ),
            ),
        )
        reasons = (Reason("purpose_stated", {}), Reason("no_estate_record", {}))
        return self._decision(Outcome.NO_RECORD, reasons, paper)

    def _decision(
        self, outcome: Outcome, reasons: tuple[Reason, ...], paper: PaperFacts | None
    ) -> Decision:
        return Decision(self.name, self.version, outcome, reasons, paper)

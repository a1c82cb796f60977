"""
社会保险个人参保证明: a record gives the proof, no record gives a proof of that.

审查标准: 证件有效，读卡与本人一致；参保库中有本人记录；无记录的出具“未查询到参保记录”.
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
    count_of,
    rows_of,
    text_of,
)
from kiosk_server.cases.decisions.record_terms import INSURANCE_KINDS, INSURANCE_STATUSES
from kiosk_server.cases.models import Outcome
from kiosk_server.residents.rules import same_name

TITLE = "社会保险个人参保证明"
_COLUMNS = (
    PaperColumn("险种", share=4),
    PaperColumn("参保状态", share=2),
    PaperColumn("单位或村社", share=4),
    PaperColumn("起始年月", share=2),
    PaperColumn("累计月数", share=2, numeric=True),
)


@dataclass(frozen=True)
class InsuranceProof:
    """The rule, version 1."""

    name: str = "insurance_proof"
    version: int = 1

    def decide(
        self, record: Mapping[str, Any] | None, *, applicant: Applicant, today: date
    ) -> Decision:
        """Return the decision over one person's insurance record."""
        if record is None:
            return self._nothing(applicant, today)
        name = text_of(record, "name")
        if not same_name(applicant.card_name, name):
            return self._decision(Outcome.REFUSED, (Reason("name_differs", {}),), None)
        insurances = rows_of(record, "insurances")
        if not insurances:
            return self._nothing(applicant, today)
        paper = _paper(name, insurances, text_of(record, "as_of"))
        reasons = (
            Reason("card_matches_record", {}),
            Reason("insurances_found", {"count": len(insurances)}),
        )
        return self._decision(Outcome.GRANTED, reasons, paper)

    def _nothing(self, applicant: Applicant, today: date) -> Decision:
        sentence = f"截至{chinese_date(today)}，在本市社会保险参保库中未查询到上述人员的参保记录。"
        paper = PaperFacts(
            title=TITLE,
            holder_name=applicant.card_name,
            sentences=(sentence,),
            columns=(),
            rows=(),
            findings=(
                Finding(
                    Saying("查询结果", "finding_result"),
                    Saying("未查询到参保记录", "finding_no_insurance"),
                ),
            ),
        )
        return self._decision(Outcome.NO_RECORD, (Reason("no_insurance_record", {}),), paper)

    def _decision(
        self, outcome: Outcome, reasons: tuple[Reason, ...], paper: PaperFacts | None
    ) -> Decision:
        return Decision(self.name, self.version, outcome, reasons, paper)


def _paper(name: str, insurances: Any, as_of: str) -> PaperFacts:
    rows = tuple(
        (
            text_of(row, "kind"),
            text_of(row, "status"),
            text_of(row, "unit"),
            text_of(row, "since"),
            str(count_of(row, "months")),
        )
        for row in insurances
    )
    return PaperFacts(
        title=TITLE,
        holder_name=name,
        sentences=(
            f"截至{as_of}，在本市的社会保险参保情况如下：",
            "本证明由系统比对参保库后即时出具，内容以经办机构记录为准。",
        ),
        columns=_COLUMNS,
        rows=rows,
        findings=(
            Finding(
                Saying("参保记录", "finding_insurances"),
                Saying(f"{len(rows)} 条", "finding_count", {"count": len(rows)}),
            ),
            *(_finding(kind, status, int(months)) for kind, status, _, _, months in rows[:6]),
        ),
    )


def _finding(kind: str, status: str, months: int) -> Finding:
    kind_code, status_code = INSURANCE_KINDS.get(kind), INSURANCE_STATUSES.get(status)
    return Finding(
        Saying(kind, f"insurance_{kind_code}" if kind_code else None),
        Saying(
            f"{status}，累计 {months} 个月",
            f"insured_{status_code}" if status_code else None,
            {"months": months},
        ),
    )

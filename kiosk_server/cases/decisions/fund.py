"""
住房公积金缴存证明: an account gives the proof; without an account there is nothing to prove.

审查标准: 公积金系统中有本人账户；无账户的不出具证明并说明理由 (住房公积金管理条例 36).
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
    count_of,
    text_of,
)
from kiosk_server.cases.decisions.record_terms import FUND_STATUSES
from kiosk_server.cases.models import Outcome
from kiosk_server.residents.rules import same_name

TITLE = "住房公积金缴存证明"
_COLUMNS = (PaperColumn("项目", share=2), PaperColumn("内容", share=4))


@dataclass(frozen=True)
class FundProof:
    """The rule, version 1."""

    name: str = "fund_proof"
    version: int = 1

    def decide(
        self, record: Mapping[str, Any] | None, *, applicant: Applicant, today: date
    ) -> Decision:
        """Return the decision over one person's fund account."""
        if record is None:
            return self._decision(Outcome.REFUSED, (Reason("no_fund_account", {}),), None)
        name = text_of(record, "name")
        if not same_name(applicant.card_name, name):
            return self._decision(Outcome.REFUSED, (Reason("name_differs", {}),), None)
        months = count_of(record, "months")
        rows = (
            ("缴存单位", text_of(record, "employer")),
            ("账户状态", text_of(record, "status")),
            ("开户年月", text_of(record, "since")),
            ("缴至年月", text_of(record, "paid_to")),
            ("累计缴存月数", str(months)),
            ("月缴存额（元）", _yuan(count_of(record, "monthly_fen"))),
            ("账户余额（元）", _yuan(count_of(record, "balance_fen"))),
        )
        paper = PaperFacts(
            title=TITLE,
            holder_name=name,
            sentences=(
                f"截至{text_of(record, 'as_of')}，住房公积金缴存情况如下：",
                "对本证明内容有异议的，可以书面提出，五日内答复。",
            ),
            columns=_COLUMNS,
            rows=rows,
            findings=_findings(dict(rows), months),
        )
        reasons = (
            Reason("card_matches_record", {}),
            Reason("fund_account_found", {"months": months}),
        )
        return self._decision(Outcome.GRANTED, reasons, paper)

    def _decision(
        self, outcome: Outcome, reasons: tuple[Reason, ...], paper: PaperFacts | None
    ) -> Decision:
        return Decision(self.name, self.version, outcome, reasons, paper)


def _findings(rows: Mapping[str, str], months: int) -> tuple[Finding, ...]:
    status, balance = rows["账户状态"], rows["账户余额（元）"]
    known = FUND_STATUSES.get(status)
    return (
        Finding(Saying("缴存单位", "fund_employer"), Saying(rows["缴存单位"])),
        Finding(
            Saying("账户状态", "fund_status"), Saying(status, f"fund_{known}" if known else None)
        ),
        Finding(
            Saying("累计缴存月数", "fund_months"),
            Saying(str(months), "finding_number", {"number": str(months)}),
        ),
        Finding(
            Saying("账户余额（元）", "fund_balance"),
            Saying(balance, "finding_number", {"number": balance}),
        ),
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"

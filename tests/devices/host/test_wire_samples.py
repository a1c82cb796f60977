"""The terminal's end of the wire accepts every sample, and writes what the samples show."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from devices.agent import check_wire, wire
from devices.agent.line import problem_code
from devices.agent.machine import MachineFacts
from devices.contracts.slip import Slip
from devices.contracts.states import Condition, DeviceKind, DeviceStatus, Trouble
from devices.host.check_values import (
    CheckKind,
    CheckRecord,
    CheckResult,
    ScreenRole,
    Verdict,
)
from devices.host.ports import (
    CapturedDocument,
    CaptureTaken,
    PaperKind,
    PrintReport,
    ReadTaken,
    ReducedRead,
    Reply,
    ReportState,
    ScanText,
    Want,
    WantKind,
)
from devices.host.residue import ResidueReport
from devices.host.residue_memory import ResidueState
from devices.host.residue_places import Place
from tests.support.wire_samples import exchange, names


def _state(sample: dict[str, object]) -> wire.DeviceState:
    troubles = sample["troubles"]
    details = sample["details"]
    assert isinstance(troubles, list)
    assert isinstance(details, dict)
    return wire.DeviceState(
        DeviceKind(str(sample["kind"])),
        DeviceStatus(Condition(str(sample["condition"])), tuple(map(Trouble, troubles)), details),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("name", names())
def test_every_refusal_has_a_code_that_the_terminal_reads(name: str) -> None:
    """Each sampled problem is read as its own code, never as a bare status."""
    for sample in exchange(name).answers:
        if sample.status is not None and sample.status >= 400:
            headers = (("Content-Type", "application/problem+json"),)
            reply = Reply(sample.status, headers, json.dumps(sample.body).encode())
            assert problem_code(reply) == sample.body["code"]


def test_an_enrolment_is_written_and_read_as_sampled() -> None:
    """The terminal's offer is the sample, and the sample's answer is understood."""
    sampled = exchange("enrolments")
    offered = sampled.requests[0].body
    assert wire.enrolment_body(offered["code"], offered["public_key"], offered["model"]) == offered
    given = wire.enrolment(sampled.answered(201)[0].body)
    assert (given.terminal, given.site_name) == ("AT-0001", "阿图什市政务服务中心")


def _residue(told: dict[str, Any]) -> ResidueReport:
    checked = told["checked_at"]
    return ResidueReport(
        ResidueState(told["state"]),
        None if checked is None else datetime.fromisoformat(checked),
        tuple(Place(each) for each in told["found_in"]),
        tuple(Place(each) for each in told["unseen"]),
        overdue=told["overdue"],
    )


def test_heartbeats_are_written_and_read_as_sampled() -> None:
    """A heartbeat of the same facts is the sampled one, and its wants are found."""
    sampled = exchange("heartbeats")
    for request in (sample.body for sample in sampled.requests):
        written = wire.heartbeat_body(
            [_state(device) for device in request["devices"]],
            software=request["software"],
            open_jobs=request["spool"]["open"],
            clock_offset_seconds=request["clock_offset_seconds"],
            machine=MachineFacts(**request["machine"]) if "machine" in request else None,
            residue=_residue(request["residue"]) if "residue" in request else None,
            locked=request.get("locked"),
        )
        assert written == request
    assert wire.wants(sampled.answered(200)[0].body) == ()
    assert [want.kind for want in wire.wants(sampled.answered(200)[1].body)] == list(WantKind)


def test_states_are_written_as_sampled() -> None:
    """A change of state of the same facts is the sampled one."""
    for request in (sample.body for sample in exchange("states").requests):
        assert wire.states_body([_state(device) for device in request["devices"]]) == request


def test_what_a_later_server_adds_is_passed_over() -> None:
    """Unknown fields and unknown wants cost the known ones nothing."""
    answers = [sample.body for sample in exchange("wants").answered(200)]
    assert wire.wants(answers[2]) == (Want(WantKind.PRINT_A4, answers[2]["wants"][0]["job"]),)
    assert [want.kind for want in wire.wants(answers[3])] == [WantKind.PRINT_A4]


@pytest.mark.policy("P37")
def test_card_reads_are_written_as_sampled() -> None:
    """A read carries the fields that were asked for and no other."""
    for request in (sample.body for sample in exchange("card_reads").requests):
        read = ReducedRead(request["nonce"], request["kind"], request["fields"], request["sam_id"])
        written = wire.card_read_body(
            read, terminal=request["terminal"], read_at=_moment(request["read_at"])
        )
        assert written == request
    taken = wire.read_taken(exchange("card_reads").answered(201)[0].body)
    assert taken == ReadTaken("01jd3v9q2m8x4k7t5w6y0z1rd0", "阿***·测试")


def test_scans_are_written_as_sampled() -> None:
    """A scan carries nonce and text, and nothing about the page or the person."""
    for request in (sample.body for sample in exchange("scans").requests):
        written = wire.scan_body(
            ScanText(request["nonce"], request["text"]),
            terminal=request["terminal"],
            scanned_at=_moment(request["scanned_at"]),
        )
        assert written == request


def test_captures_are_written_as_sampled() -> None:
    """A document's digest, pages and bytes stand in the body as the sample shows them."""
    sampled = exchange("captures")
    for request in (sample.body for sample in sampled.requests):
        pdf = base64.b64decode(request["document"])
        written = wire.capture_body(
            CapturedDocument(request["nonce"], request["pages"], pdf),
            terminal=request["terminal"],
            captured_at=_moment(request["captured_at"]),
        )
        assert written == request
    taken = wire.capture_taken(sampled.answered(201)[0].body)
    assert taken == CaptureTaken("01jd3v9q2m8x4k7t5w6y0z1cap")


def test_print_jobs_are_read_as_sampled() -> None:
    """Both papers and the mark of a second print are understood."""
    jobs = [wire.print_job(sample.body) for sample in exchange("print_jobs").answered(200)]
    assert [job.kind for job in jobs] == [PaperKind.A4, PaperKind.SLIP, PaperKind.A4]
    assert [job.reprint for job in jobs] == [False, False, True]


def test_reports_are_written_as_sampled() -> None:
    """Every state that a job can be in is reported as the sample shows it."""
    requests = [sample.body for sample in exchange("print_reports").requests]
    for request in requests:
        report = PrintReport(
            request["sequence"],
            ReportState(request["state"]),
            request["trouble"],
            request["pages_done"],
            _moment(request["at"]),
        )
        assert wire.report_body(report) == request
    assert {request["state"] for request in requests} == set(ReportState)


def test_the_sampled_slip_can_be_printed() -> None:
    """The server's description of a slip is one that the terminal's strict parser takes."""
    described = exchange("slip_document").answered(200)[0].body
    assert json.loads(Slip.from_json(json.dumps(described)).to_json()) == described


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"wants": {}},
        {"wants": [3]},
        {"wants": [{"kind": "print_a4"}]},
        {"wants": [{"kind": "print_a4", "job": "../../x"}]},
    ],
)
def test_an_answer_that_is_not_the_wire_is_named_as_such(answer: object) -> None:
    """Malformed answers raise one error; a job's number can never become a path of its own."""
    with pytest.raises(wire.WireError):
        wire.wants(answer)


def test_checks_and_their_papers_are_written_as_sampled() -> None:
    """A check of the same facts is the sampled one, read back from the journal's own words."""
    for sample in exchange("checks").requests:
        told = sample.body
        results = tuple(
            CheckResult(
                each["device"], each["test"], Verdict(each["result"]), each["code"],
                each["measured"],
            )
            for each in told["results"]
        )  # fmt: skip
        record = CheckRecord(
            told["id"], CheckKind(told["kind"]), _moment(told["at"]), ScreenRole(told["by"]),
            told["code_window"], results,
        )  # fmt: skip
        assert check_wire.check_body(record) == told
    paper = exchange("check_papers").requests[0].body
    assert check_wire.check_paper_body(base64.b64decode(paper["document"])) == paper

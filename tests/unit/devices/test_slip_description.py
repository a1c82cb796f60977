"""The description of a slip: what is read, and how a fault in it is named."""

import json

import pytest

from devices.contracts.slip import Code, Gap, Qr, Row, Rule, Slip, SlipInvalid, Text
from tests.support import wire_samples

EVERY_BLOCK = Slip(
    (
        Text("凭条", 2, True, "center"),
        Row("事项", "测试事项"),
        Rule("solid"),
        Code("A-0042"),
        Qr("https://example.invalid/v/abc", 30),
        Gap(3),
        Text("باھا", lang="ug"),
    )
)


def test_every_block_survives_the_wire() -> None:
    """A slip with every kind of block is read back equal."""
    assert Slip.from_json(EVERY_BLOCK.to_json()) == EVERY_BLOCK


def test_the_samples_of_the_wire_are_slips() -> None:
    """Every slip that the server's samples send is accepted."""
    answers = wire_samples.exchange("slip_document").answered(200)

    assert answers
    for answer in answers:
        assert Slip.from_json(json.dumps(answer.body)).blocks


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ("[", "$"),
        ("[]", "$"),
        ('{"version": 2, "blocks": []}', "$.version"),
        ('{"version": 1, "blocks": []}', "$.blocks"),
        ('{"version": 1, "blocks": 7}', "$.blocks"),
        ('{"version": 1, "width_mm": 70, "blocks": []}', "$.width_mm"),
        ('{"version": 1, "blocks": [{"type": "gap", "mm": 1}], "x": 1}', "$.x"),
        ('{"version": 1, "blocks": [{"type": "picture"}]}', "$.blocks[0].type"),
        ('{"version": 1, "blocks": [{"type": "gap"}]}', "$.blocks[0].mm"),
        ('{"version": 1, "blocks": [{"type": "gap", "mm": true}]}', "$.blocks[0].mm"),
        ('{"version": 1, "blocks": [{"type": "text", "text": " "}]}', "$.blocks[0].text"),
        ('{"version": 1, "blocks": [{"type": "text", "text": "a\\u001b@"}]}', "$.blocks[0].text"),
        ('{"version": 1, "blocks": [{"type": "text", "text": "a", "siz": 2}]}', "$.blocks[0].siz"),
        (
            '{"version": 1, "blocks": [{"type": "text", "text": "a", "lang": "fr"}]}',
            "$.blocks[0].lang",
        ),
    ],
)
def test_a_fault_is_named_by_its_place(document: str, at: str) -> None:
    """What is no slip is refused, and the refusal points to the first fault."""
    with pytest.raises(SlipInvalid) as refused:
        Slip.from_json(document)

    assert refused.value.at == at


@pytest.mark.policy("P37")
def test_a_slip_shows_no_values_in_its_repr() -> None:
    """Texts and values of a slip stay out of logs that print it."""
    shown = repr(EVERY_BLOCK)

    assert "测试事项" not in shown
    assert "A-0042" not in shown

"""Scenes, tokens, PINs and the two lives of showing."""

import math

import pytest

from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.core.errors import NotFound, WrongState
from kiosk_server.core.identifiers import new_token
from kiosk_server.showing.pins import is_weak
from kiosk_server.showing.rules import (
    CODE_LIFE,
    PATH,
    REQUEST_LIVES,
    TOKEN_BITS,
    TOKEN_LENGTH,
    CodeState,
    CodeVerb,
    RequestState,
    read_token,
)
from kiosk_server.showing.scenes import fields_of, scene_named, scenes, scenes_for, withheld_by

TYPES = certificate_types()


@pytest.mark.policy("P31")
def test_the_five_scenes_of_the_policy_are_there() -> None:
    """Travel, tourism, lodging, services, inspection: in Chinese, Uyghur and English."""
    assert [scene.names["zh"] for scene in scenes().values()] == [
        "交通出行",
        "旅游",
        "住宿",
        "办事服务",
        "执法检查",
    ]
    for scene in scenes().values():
        assert set(scene.names) == set(scene.lead) == {"zh", "ug", "en"}
        assert 0 < scene.kept_days <= 180


@pytest.mark.policy("P31", "P34")
def test_a_scene_gives_less_than_the_certificate_holds() -> None:
    """Each field that a scene names is one of its type; given and withheld make up the whole."""
    for scene in scenes().values():
        for type_id, fields in scene.fields.items():
            kind = TYPES[type_id]
            given, kept = fields_of(scene, kind), withheld_by(scene, kind)
            assert {field.id for field in given} == set(fields), (scene.id, type_id)
            assert sorted((*given, *kept), key=lambda each: each.id) == sorted(
                kind.fields, key=lambda each: each.id
            )
    lodging = scene_named("lodging")
    hidden = {field.id for field in withheld_by(lodging, TYPES["id_card"])}
    assert {"address", "sex", "born_on"} <= hidden


@pytest.mark.policy("P31")
def test_each_kind_serves_somewhere() -> None:
    """Every type serves in at least one scene, and not everything serves everywhere."""
    assert all(scenes_for(kind) for kind in TYPES.values())
    assert not scene_named("lodging").takes(TYPES["business_licence"])
    with pytest.raises(NotFound):
        scene_named("nowhere")


def test_a_token_is_read_from_an_address_or_alone() -> None:
    """Our own scanner and a page's address lead to the same token; other text is none."""
    token = new_token(TOKEN_BITS)
    assert len(token) == TOKEN_LENGTH
    assert read_token(token) == read_token(f"https://fuwu.example.cn{PATH}{token}\n") == token
    for other in ("", "x", token + "x", token[:-1], "https://evil.example/", "维" * TOKEN_LENGTH):
        assert read_token(other) is None, other


def test_guessing_a_code_is_hopeless() -> None:
    """At a thousand guesses a second for as long as three codes of a million people live, the
    chance of one hit in ten years is below one in ten billions."""
    alive, guesses = 3 * 1_000_000, 1_000 * 3600 * 24 * 365 * 10
    assert math.log2(alive) + math.log2(guesses) - TOKEN_BITS < -math.log2(10**10)


def test_a_dead_code_never_lives_again() -> None:
    """No verb leads back to alive; a used one can only be contested."""
    assert all(after is not CodeState.ALIVE for _, _, after in CODE_LIFE)
    assert CODE_LIFE.after(CodeState.USED, CodeVerb.USE) is CodeState.CONTESTED
    with pytest.raises(WrongState):
        CODE_LIFE.after(CodeState.STOPPED, CodeVerb.USE)


def test_what_is_delivered_is_delivered_once() -> None:
    """Delivered and declined are ends, and nothing is delivered that was not confirmed."""
    assert REQUEST_LIVES.ends() == {RequestState.DECLINED, RequestState.DELIVERED}
    assert [at for at, _, after in REQUEST_LIVES if after is RequestState.DELIVERED] == [
        RequestState.CONFIRMED
    ]


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "000000", "123456", "654321", "１２３４５６"]
)
def test_a_pin_that_is_guessed_first_is_weak(pin: str) -> None:
    """Six digits, not all the same, no run."""
    assert is_weak(pin)
    assert not is_weak("295318")

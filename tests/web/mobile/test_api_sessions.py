"""The API's session, me and phones: the story, and those who are not in it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk_server.residents.phone_rules import NoticeKind
from tests.support.phone import API, AYGUL, NUMBER, Program, last_code, messages_to

KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def problem(answer: TestResponse, status: int) -> str:
    """Return the code of a problem that was answered with *status*."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = answer.get_json()
    assert set(told) == {"type", "title", "status", "code", "request_id", "fields"}
    return str(told["code"])


def test_a_number_a_code_a_session_a_name(app: Flask) -> None:
    """Signed in by a number a phone knows little; proven by name it may see more, masked."""
    phone = Program(app).sign_in()
    seen = phone.call("GET", "/me").get_json()
    assert (seen["level"], seen["name"], seen["phone_number"]) == ("number", None, "138****0001")
    assert "see_certificates" not in seen["may"]
    proven = phone.prove(AYGUL).get_json()
    assert (proven["level"], proven["name"]) == ("named", "测***·阿依古丽")
    assert proven["identity_number"] == "653001********0022"
    assert "see_certificates" in proven["may"]
    assert phone.call("GET", "/session").get_json()["level"] == "named"


def test_signing_out_ends_every_token(app: Flask) -> None:
    """After that neither token opens anything."""
    phone = Program(app).sign_in()
    assert phone.call("DELETE", "/session").status_code == 204
    assert problem(phone.call("GET", "/me"), 401) == "sign_in_needed"
    body = {"refresh_token": phone.tokens["refresh_token"]}
    assert problem(phone.call("POST", "/session/refreshes", json=body), 401) == "sign_in_needed"


def test_tokens_turn_and_a_stolen_one_ends_them_all(app: Flask) -> None:
    """The second use of a refresh token signs the phone out and tells its holder."""
    phone = Program(app).sign_in()
    body = {"refresh_token": phone.tokens["refresh_token"]}
    following = phone.call("POST", "/session/refreshes", json=body)
    assert following.status_code == 201
    phone.tokens = following.get_json()
    assert phone.call("GET", "/me").status_code == 200
    assert problem(phone.call("POST", "/session/refreshes", json=body), 401) == "refresh_reused"
    assert phone.call("GET", "/me").status_code == 401


def test_a_lost_answer_is_asked_for_again_with_its_key(app: Flask) -> None:
    """The same refresh under the same key gets the same pair; another body does not."""
    phone = Program(app).sign_in()
    body = {"refresh_token": phone.tokens["refresh_token"]}
    headers = {"Idempotency-Key": "of-this-very-refresh"}
    first, again = (
        phone.call("POST", "/session/refreshes", json=body, headers=headers) for _ in range(2)
    )
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = phone.call(
        "POST", "/session/refreshes", json={"refresh_token": "x" * 43}, headers=headers
    )
    assert problem(other, 422) == "idempotency_key_reused"
    short = phone.call("POST", "/session/refreshes", json=body, headers={"Idempotency-Key": "1"})
    assert problem(short, 422) == "idempotency_key_invalid"


def test_one_key_of_two_phones_is_two_keys(app: Flask) -> None:
    """Nobody reads another's answer by his key, and a refusal may be tried again under its own."""
    one, two = Program(app).sign_in(), Program(app, number="13800000002").sign_in()
    headers = {"Idempotency-Key": "the-same-key-of-two"}
    body = {"code": "00000000"}
    for phone in (one, two, one):
        answer = phone.call("POST", "/me/binding-codes", json=body, headers=headers)
        assert problem(answer, 422) == "binding_code_wrong"


def test_known_and_unknown_numbers_are_answered_alike(app: Flask) -> None:
    """The door tells nobody who has an account: same status, same members, same headers."""
    Program(app).sign_in()
    known = Program(app, number=NUMBER)
    unknown = Program(app, number="13900000009")
    # The known number was sent a code a moment ago; so was the unknown one.
    unknown.ask_code()
    answers = [
        phone.call("POST", "/session/codes", json={"number": phone.number})
        for phone in (known, unknown)
    ]
    assert {problem(answer, 429) for answer in answers} == {"too_many_codes"}
    first = [Program(app, number=number) for number in ("13700000001", "13700000002")]
    first[0].sign_in()
    shapes = []
    for phone in (Program(app, number="13700000003"), first[1]):
        answer = phone.call("POST", "/session/codes", json={"number": phone.number})
        shapes.append((answer.status_code, set(answer.get_json()), set(answer.headers.keys())))
    assert shapes[0] == shapes[1]


def test_the_door_says_how_long_to_wait(app: Flask) -> None:
    """Too many messages: 429 with Retry-After."""
    phone = Program(app)
    phone.ask_code()
    answer = phone.call("POST", "/session/codes", json={"number": NUMBER})
    assert problem(answer, 429) == "too_many_codes"
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_codes_are_not_guessed(app: Flask) -> None:
    """Five tries; the sixth is refused though it is right."""
    phone = Program(app)
    challenge = phone.ask_code()
    code = last_code(phone.database, phone.settings, NUMBER)
    wrong = {"way": "code", "challenge": challenge, "code": f"{(int(code) + 1) % 10**6:06}"}
    told = [problem(phone.call("POST", "/session", json=wrong), 422) for _ in range(5)]
    assert told == ["sign_in_code_wrong"] * 4 + ["sign_in_code_over"]
    right = {**wrong, "code": code}
    assert problem(phone.call("POST", "/session", json=right), 422) == "sign_in_code_over"


def test_my_phones_come_in_pages_and_go_one_by_one(app: Flask) -> None:
    """The list turns page by page; a phone that is signed out there is out at once."""
    phones = [Program(app).sign_in()]
    for at in range(2):
        phones.append(Program(app, number=NUMBER))
        phones[-1].tokens = _second_sign_in(phones[0], at)
    me = phones[0]
    first = me.call("GET", "/phones?limit=2").get_json()
    rest = me.call("GET", f"/phones?limit=2&cursor={first['next_cursor']}").get_json()
    ids = [phone["id"] for phone in (*first["items"], *rest["items"])]
    assert ids == [each.tokens["phone_id"] for each in reversed(phones)]
    assert rest["next_cursor"] is None
    assert [phone["is_this"] for phone in rest["items"]] == [True]
    assert me.call("DELETE", f"/phones/{ids[0]}").status_code == 204
    assert phones[2].call("GET", "/me").status_code == 401
    assert problem(me.call("GET", f"/phones/{ids[0]}"), 404) == "phone_not_found"
    kinds = [notice["kind"] for notice in me.call("GET", "/notices").get_json()["items"]]
    assert kinds[0] == NoticeKind.PHONE_ENDED


def test_anothers_phone_does_not_exist(app: Flask) -> None:
    """By id neither seen nor signed out; an id that is none is answered alike."""
    mine, other = Program(app).sign_in(), Program(app, number="13800000002").sign_in()
    for method in ("GET", "DELETE"):
        for phone_id in (other.tokens["phone_id"], "0" * 26, "x", "%00"):
            answer = mine.call(method, f"/phones/{phone_id}")
            assert problem(answer, 404) == "phone_not_found"
    assert other.call("GET", "/me").status_code == 200


def test_a_phone_keeps_its_own_key(app: Flask) -> None:
    """A public key is kept for this phone; a private one is refused whole."""
    phone = Program(app).sign_in()
    assert phone.call("PUT", "/phones/this/key", json=KEY).get_json()["has_key"] is True
    private = {**KEY, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
    assert problem(phone.call("PUT", "/phones/this/key", json=private), 422) == "invalid"
    bad = {**KEY, "kty": "EC"}
    assert problem(phone.call("PUT", "/phones/this/key", json=bad), 422) == "key_invalid"


def test_what_has_not_changed_is_not_sent_again(app: Flask) -> None:
    """An ETag spares the second answer."""
    phone = Program(app).sign_in()
    first = phone.call("GET", "/me")
    again = phone.call("GET", "/me", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 5000, "bearer\u00e9"]
)
def test_a_door_behind_sign_in_takes_no_other_word(client: FlaskClient, header: str) -> None:
    """No token, a made-up one, another scheme: 401, with the scheme that is wanted."""
    answer = client.get(f"{API}/me", headers={"Authorization": header})
    assert problem(answer, 401) == "sign_in_needed"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_opens_no_door_of_the_api(app: Flask) -> None:
    """Another site's page could send it along: the API reads none."""
    phone = Program(app).sign_in()
    client = app.test_client()
    client.set_cookie("m_session", phone.tokens["access_token"])
    assert client.get(f"{API}/me").status_code == 401


def test_no_other_site_may_read_an_answer(app: Flask) -> None:
    """No cross-origin header, whatever the origin says."""
    answer = Program(app).call("GET", "/me", headers={"Origin": "https://evil.example"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"data": "{}", "content_type": "text/plain"}, 415, "media_type_unknown"),
        ({"data": "{", "content_type": "application/json"}, 422, "invalid"),
        ({"data": b'{"number": "\xff"}', "content_type": "application/json"}, 422, "invalid"),
        ({"data": '{"number":"\\ud800"}', "content_type": "application/json"}, 422, "invalid"),
        ({"json": {"number": NUMBER, "more": 1}}, 422, "invalid"),
        ({"json": {"number": "1" * 31}}, 422, "invalid"),
        ({"data": b" " * 70_000, "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    client: FlaskClient, given: dict[str, Any], status: int, code: str
) -> None:
    """Wrong kind, broken, unknown members, too large: each with its own code."""
    assert problem(client.post(f"{API}/session/codes", **given), status) == code


def test_a_mini_program_signs_in_whom_it_was_linked_to(app: Flask) -> None:
    """A messenger's user is nobody until a signed-in phone has linked him."""
    way = {"way": "mini_program", "code": "user-aygul"}
    stranger = Program(app)
    assert problem(stranger.call("POST", "/session", json=way), 409) == "mini_program_not_linked"
    phone = Program(app).sign_in()
    link = {"partner": "mini_program", "code": "user-aygul"}
    assert phone.call("POST", "/me/links", json=link).status_code == 204
    session = stranger.call("POST", "/session", json=way).get_json()
    assert session["level"] == "number"
    bad = {"way": "mini_program", "code": "nonsense"}
    told = problem(stranger.call("POST", "/session", json=bad), 422)
    assert told == "mini_program_code_refused"


@pytest.mark.policy("P63")
def test_nothing_personal_stands_in_logs(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither number, name nor token of a whole sign-in is written to the log."""
    phone = Program(app).sign_in()
    phone.prove(AYGUL)
    written = "".join(capsys.readouterr())
    code = messages_to(phone.database, NUMBER)[0]["values"]["code"]
    secrets = [NUMBER, AYGUL["name"], AYGUL["number"], phone.tokens["access_token"]]
    assert "answered" in written
    assert [secret for secret in (*secrets, f'"{code}"') if secret in written] == []


def _second_sign_in(first: Program, at: int) -> dict[str, Any]:
    """Link a messenger's user and sign in as him: a second phone without a second message."""
    code = f"user-{at}"
    first.call("POST", "/me/links", json={"partner": "mini_program", "code": code})
    answer = first.client.post(f"{API}/session", json={"way": "mini_program", "code": code})
    tokens: dict[str, Any] = answer.get_json()
    return tokens

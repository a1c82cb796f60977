"""
A door of an API: one row of a resource's table, carried out and documented from the same.

What a view takes and gives is read from its signature: `body` and `query` are pydantic models, a
path's parts are strings, the answer is a model or None. So the document cannot say anything else
than the code does.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Protocol, get_type_hints

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType

from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.web.bodies import body_as, query_as
from kiosk_server.web.idempotency import LIFE, LIFE_OF_SECRETS, once
from kiosk_server.web.surface import Guard, Surface

Schema = dict[str, Any]
LARGEST_BODY_BYTES = 64 * 1024
_PART = re.compile(r"<(\w+)>")

View = Callable[..., BaseModel | None]


class Access(Protocol):
    """One kind of door: the guard before it, and what the API's document says of it."""

    @property
    def slug(self) -> str:
        """A name of one word; doors of one access are one surface."""
        ...

    @property
    def guard(self) -> Guard:
        """Who may pass."""
        ...

    @property
    def scheme(self) -> str | None:
        """The document's name for how callers prove who they are; None where nobody does."""
        ...

    @property
    def told(self) -> Mapping[str, str]:
        """What the document says besides, as `x-…`."""
        ...

    @property
    def refuses(self) -> Mapping[HTTPStatus, tuple[str, ...]]:
        """What every door of this kind can refuse."""
        ...

    def caller(self) -> str:
        """Return, behind the guard, whose requests one Idempotency-Key is unique among."""
        ...


@dataclass(frozen=True)
class Api:
    """One API: where it stands, and what its document says of the whole."""

    slug: str
    prefix: str
    title: str
    version: str
    description: str
    schemes: Mapping[str, Schema]


@dataclass(frozen=True)
class Door:
    """One method at one path. *refuses* names what it can answer beyond what every door can."""

    method: str
    path: str
    view: View
    access: Access
    status: HTTPStatus = HTTPStatus.OK
    refuses: Mapping[HTTPStatus, tuple[str, ...]] = field(default_factory=dict)
    holds_secrets: bool = False
    """Whether the answer holds tokens: it is then kept for minutes only."""
    largest_body_bytes: int = LARGEST_BODY_BYTES

    @property
    def name(self) -> str:
        """The view's name, which the document calls `operationId`."""
        return str(getattr(self.view, "__name__", ""))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the path's variable parts; each is an id of ours."""
        return tuple(_PART.findall(self.path))

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The types that the view takes and, as `return`, gives."""
        return get_type_hints(self.view)

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of the request's body, if the view takes one."""
        return self.hints.get("body")

    @property
    def query(self) -> type[BaseModel] | None:
        """The model of the query, if the view takes one."""
        return self.hints.get("query")

    @property
    def answer(self) -> type[BaseModel] | None:
        """The model of the answer; None where there is nothing to say."""
        found = self.hints["return"]
        return found if inspect.isclass(found) and issubclass(found, BaseModel) else None


def surfaces_of_doors(api: Api, doors: Iterable[Door]) -> list[Surface]:
    """Return *doors* as surfaces: one for each access, since a surface has one guard."""
    kinds: dict[str, tuple[Access, list[Door]]] = {}
    for door in doors:
        kinds.setdefault(door.access.slug, (door.access, []))[1].append(door)
    return [_surface(api, access, of_kind) for access, of_kind in kinds.values()]


def _surface(api: Api, access: Access, doors: list[Door]) -> Surface:
    blueprint = Blueprint(f"{api.slug}_{access.slug}", __name__, url_prefix=api.prefix)
    blueprint.after_request(_name_scheme)
    for door in doors:
        blueprint.add_url_rule(
            door.path, endpoint=door.name, view_func=_carrier(door), methods=[door.method]
        )
    return Surface(blueprint, access.guard, problems="json", forms=False)


def _carrier(door: Door) -> Callable[..., ResponseReturnValue]:
    def carry(**parts: str) -> ResponseReturnValue:
        if not all(is_id(part) for part in parts.values()):
            raise NotFound
        if door.method != "POST":
            return _tagged(_carry_out(door, parts))
        life = LIFE_OF_SECRETS if door.holds_secrets else LIFE
        return once(door.access.caller(), life, lambda: _carry_out(door, parts))

    return carry


def _carry_out(door: Door, parts: Mapping[str, str]) -> Response:
    given: dict[str, Any] = dict(parts)
    if door.body is not None:
        given["body"] = _body(door.body, door.largest_body_bytes)
    if door.query is not None:
        given["query"] = query_as(door.query)
    answer = door.view(**given)
    if answer is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    text = answer.model_dump_json()
    return Response(text, int(door.status), content_type="application/json")


def _body(model: type[BaseModel], largest_bytes: int) -> BaseModel:
    request.max_content_length = largest_bytes
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    return body_as(model)


def _tagged(response: Response) -> Response:
    # A phone asks again and again: what has not changed is not sent again (RFC 9110, 13.1.2).
    if request.method in ("GET", "HEAD") and response.status_code == HTTPStatus.OK:
        response.set_etag(digest(response.get_data(as_text=True))[:32])
        response.make_conditional(request)
    return response


def _name_scheme(response: Response) -> Response:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response

"""
The document of an API (OpenAPI 3.1), built from the table of doors and the models they name.

What every door of a kind can answer stands here once; what one door alone refuses stands at that
door. The documents in `docs/openapi/` are checked in: a change of the promise is seen.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kiosk_server.core.identifiers import ID_PATTERN
from kiosk_server.web.api_doors import Api, Door, Schema
from kiosk_server.web.idempotency import HEADER, KEY_PATTERN

_REF = "#/components/schemas/{model}"
_PROBLEM = "Problem"

Mode = Any
"""pydantic's own literal of two words, which it does not export."""


def document(api: Api, doors: Iterable[Door]) -> Schema:
    """Return the OpenAPI document of *api* with these doors."""
    table = tuple(doors)
    paths: dict[str, Schema] = {}
    for door in table:
        paths.setdefault(_path(api, door), {})[door.method.lower()] = _operation(door)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": api.version, "description": api.description},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(table),
            "securitySchemes": dict(api.schemes),
        },
    }


def _path(api: Api, door: Door) -> str:
    return api.prefix + door.path.replace("<", "{").replace(">", "}")


def _operation(door: Door) -> Schema:
    operation: Schema = {
        "operationId": door.name,
        "tags": [door.path.split("/")[1]],
        "summary": _first_line(door),
        "security": [{door.access.scheme: []}] if door.access.scheme else [],
        "parameters": list(_parameters(door)),
        "responses": _responses(door),
    }
    operation |= door.access.told
    if door.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(door.body)}},
        }
    return operation


def _first_line(door: Door) -> str:
    return (inspect.getdoc(door.view) or "").partition("\n\n")[0]


def _parameters(door: Door) -> Iterator[Schema]:
    for part in door.parts:
        schema = {"type": "string", "pattern": ID_PATTERN}
        yield {"name": part, "in": "path", "required": True, "schema": schema}
    if door.query is not None:
        fields = door.query.model_json_schema()
        for name, schema in fields["properties"].items():
            required = name in fields.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": schema}
    if door.method == "POST":
        schema = {"type": "string", "pattern": KEY_PATTERN}
        yield {"name": HEADER, "in": "header", "required": False, "schema": schema}


def _responses(door: Door) -> Schema:
    done: Schema = {"description": HTTPStatus(door.status).phrase}
    if door.answer is not None:
        done["content"] = {"application/json": {"schema": _ref(door.answer)}}
    responses: Schema = {str(int(door.status)): done}
    if door.method == "GET":
        done["headers"] = {"ETag": {"schema": {"type": "string"}}}
        responses["304"] = {"description": "Not changed since the ETag in If-None-Match."}
    refusals: dict[HTTPStatus, list[str]] = {}
    for status, codes in (*_always(door), *door.refuses.items()):
        refusals.setdefault(status, []).extend(codes)
    for status, names in sorted(refusals.items()):
        responses[str(int(status))] = _problem(status, names)
    return responses


def _always(door: Door) -> Iterator[tuple[HTTPStatus, tuple[str, ...]]]:
    """What doors of this kind refuse."""
    yield from door.access.refuses.items()
    if door.parts:
        yield HTTPStatus.NOT_FOUND, ("not_found",)
    if door.body is not None:
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ("too_large",)
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE, ("media_type_unknown",)
    if door.body is not None or door.query is not None:
        yield HTTPStatus.UNPROCESSABLE_ENTITY, ("invalid",)
    if door.method == "POST":
        yield HTTPStatus.CONFLICT, ("request_at_work",)
        yield (
            HTTPStatus.UNPROCESSABLE_ENTITY,
            ("idempotency_key_invalid", "idempotency_key_reused"),
        )


def _problem(status: HTTPStatus, codes: list[str]) -> Schema:
    named: Schema = {"properties": {"code": {"enum": sorted(set(codes))}}}
    schema = {"allOf": [{"$ref": _REF.format(model=_PROBLEM)}, named]}
    return {
        "description": status.phrase,
        "content": {"application/problem+json": {"schema": schema}},
    }


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=_name(model))}


def _name(model: type[BaseModel]) -> str:
    """The name under which pydantic files *model*: brackets of a page's item become lines."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in model.__name__)


def _schemas(doors: tuple[Door, ...]) -> Schema:
    wanted: dict[tuple[type[BaseModel], Mode], None] = {}
    for door in doors:
        if door.body is not None:
            wanted[door.body, "validation"] = None
        if door.answer is not None:
            wanted[door.answer, "serialization"] = None
    _, found = models_json_schema(list(wanted), ref_template=_REF)
    schemas: Mapping[str, Any] = found.get("$defs", {})
    return dict(sorted({**schemas, _PROBLEM: _PROBLEM_SCHEMA}.items()))


_TEXT: Schema = {"type": "string"}
_FAULT: Schema = {
    "type": "object",
    "required": ["at", "code", "message"],
    "properties": {"at": _TEXT, "code": _TEXT, "message": _TEXT},
}
_PROBLEM_SCHEMA: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is stable; `title` is for people.",
    "required": ["type", "title", "status", "code", "request_id", "fields"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
        "request_id": _TEXT,
        "fields": {"type": "array", "items": _FAULT},
    },
}

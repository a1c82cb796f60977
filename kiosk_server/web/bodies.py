"""Read what a request brings as one of the schemas, or say which fields cannot be read."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from kiosk_server.core.errors import FieldFault, Invalid

Body = TypeVar("Body", bound=BaseModel)


def body_as(schema: type[Body]) -> Body:
    """Return the JSON body of this request as *schema*; `Invalid` names every faulty field."""
    try:
        return schema.model_validate_json(request.get_data())
    except ValidationError as fault:
        # The cause is dropped: it carries what was sent, which may be a person's.
        raise Invalid(fields=_faults(fault)) from None


def query_as(schema: type[Body]) -> Body:
    """Return the query of this request as *schema*; `Invalid` names every faulty parameter."""
    try:
        return schema.model_validate(request.args.to_dict())
    except ValidationError as fault:
        raise Invalid(fields=_faults(fault)) from None


def _faults(fault: ValidationError) -> list[FieldFault]:
    return [
        FieldFault(".".join(str(part) for part in error["loc"]), error["type"], error["msg"])
        for error in fault.errors(include_url=False, include_context=False, include_input=False)
    ]

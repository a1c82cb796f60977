"""
What went wrong, as one value with two mouths: problem+json for programs, a page for people.

The JSON is RFC 9457 with our members: `type`, `title`, `status`, `code`, `request_id`,
`fields: [{at, code, message}]`, always these and never others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from kiosk_server.core import errors
from kiosk_server.core.errors import Fact, FieldFault, KioskError

STATUS_OF: tuple[tuple[type[KioskError], HTTPStatus], ...] = (
    (errors.Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.Refused, HTTPStatus.FORBIDDEN),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
STATUS_OF_CODE = {
    "signature_missing": HTTPStatus.UNAUTHORIZED,
    "signature_invalid": HTTPStatus.UNAUTHORIZED,
    "clock_skew": HTTPStatus.UNAUTHORIZED,
    "signature_replayed": HTTPStatus.UNAUTHORIZED,
    "key_unknown": HTTPStatus.UNAUTHORIZED,
    "nonce_stale": HTTPStatus.GONE,
    "sign_in_needed": HTTPStatus.UNAUTHORIZED,
    "token_needed": HTTPStatus.UNAUTHORIZED,
    "credential_refused": HTTPStatus.UNAUTHORIZED,
    "refresh_reused": HTTPStatus.UNAUTHORIZED,
    "form_expired": HTTPStatus.BAD_REQUEST,
}


@dataclass(frozen=True)
class Problem:
    """One problem, ready to be told: status, stable code, the facts around it."""

    status: int
    code: str
    request_id: str
    facts: Mapping[str, Fact]
    fields: tuple[FieldFault, ...] = ()
    fallback_code: str = "internal"
    """Whose words are used where the code itself has none."""

    @classmethod
    def of(cls, error: KioskError, request_id: str) -> "Problem":
        """Return the problem that *error* is to a caller."""
        status = STATUS_OF_CODE.get(error.code) or next(
            (status for kind, status in STATUS_OF if isinstance(error, kind)),
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )
        fields = error.fields if isinstance(error, errors.Invalid) else ()
        return cls(int(status), error.code, request_id, error.facts, fields, error.default_code)

    def as_json(self, title: str) -> dict[str, object]:
        """Return the members of the problem+json body."""
        return {
            "type": f"urn:kiosk:problem:{self.code}",
            "title": title,
            "status": self.status,
            "code": self.code,
            "request_id": self.request_id,
            "fields": [
                {"at": fault.at, "code": fault.code, "message": fault.message}
                for fault in self.fields
            ],
        }

"""
A certificate's fields as a phone that lies on a table may show them (脱敏): what the paper is stays
in clear, who its holder is does not, until he touches it.
"""

from kiosk_server.core.masking import mask_name, mask_number

CLEAR = frozenset({"issuer", "issued_on", "valid_from", "valid_until"})
"""Fields that say nothing of a person."""
_SHORTEST_NUMBER = 12
_TELLING = 2
"""What is no longer than this would be told by its first character."""


def masked_field(field_id: str, value: str) -> str:
    """Return the value of one field as it is shown before a touch."""
    if field_id in CLEAR or not value:
        return value
    if field_id.endswith("_name"):
        return mask_name(value)
    if len(value) >= _SHORTEST_NUMBER and value.isascii() and any(c.isdigit() for c in value):
        return mask_number(value)
    return f"{value[0]}***" if len(value) > _TELLING else "***"

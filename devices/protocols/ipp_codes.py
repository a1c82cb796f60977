"""
The numbers of IPP that a terminal uses (RFC 8010 §3.5, RFC 8011 §5.3.7, §5.4.15, appendix B;
RFC 3998 for suspended jobs).
"""

from enum import IntEnum


class Group(IntEnum):
    """Delimiter tags: which attributes follow."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """Value tags."""

    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTET_STRING = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE_OF_INTEGER = 0x33
    BEGIN_COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    URI_SCHEME = 0x46
    CHARSET = 0x47
    NATURAL_LANGUAGE = 0x48
    MIME_MEDIA_TYPE = 0x49
    MEMBER_NAME = 0x4A


class Operation(IntEnum):
    """What is asked of a printer."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    RELEASE_JOB = 0x000D
    RESUME_PRINTER = 0x0011
    RESUME_JOB = 0x002F


class Status(IntEnum):
    """What a printer answers; below 0x0100 is success."""

    OK = 0x0000
    OK_IGNORED_OR_SUBSTITUTED = 0x0001
    CLIENT_BAD_REQUEST = 0x0400
    CLIENT_FORBIDDEN = 0x0401
    CLIENT_NOT_POSSIBLE = 0x0404
    CLIENT_NOT_FOUND = 0x0406
    CLIENT_GONE = 0x0407
    CLIENT_DOCUMENT_FORMAT_NOT_SUPPORTED = 0x040A
    CLIENT_ATTRIBUTES_NOT_SUPPORTED = 0x040B
    SERVER_INTERNAL_ERROR = 0x0500
    SERVER_OPERATION_NOT_SUPPORTED = 0x0501
    SERVER_SERVICE_UNAVAILABLE = 0x0502
    SERVER_DEVICE_ERROR = 0x0504
    SERVER_TEMPORARY_ERROR = 0x0505
    SERVER_NOT_ACCEPTING_JOBS = 0x0506
    SERVER_BUSY = 0x0507


class IppJobState(IntEnum):
    """`job-state`."""

    PENDING = 3
    PENDING_HELD = 4
    PROCESSING = 5
    PROCESSING_STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


class PrinterState(IntEnum):
    """`printer-state`."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5

"""gRPC's codes as the HTTP statuses that stand for them, by name (`NOT_FOUND`, `NotFound`) or by number."""

from __future__ import annotations

from typing import Any

# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
STATUS = {
    "OK": 200, "CANCELLED": 499, "UNKNOWN": 500, "INVALID_ARGUMENT": 400, "DEADLINE_EXCEEDED": 504, "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409, "PERMISSION_DENIED": 403, "RESOURCE_EXHAUSTED": 429, "FAILED_PRECONDITION": 400, "ABORTED": 409,
    "OUT_OF_RANGE": 400, "UNIMPLEMENTED": 501, "INTERNAL": 500, "UNAVAILABLE": 503, "DATA_LOSS": 500, "UNAUTHENTICATED": 401,
}  # fmt: skip
CODES = tuple(STATUS.values())
BARE = {name.replace("_", ""): status for name, status in STATUS.items()} | {"CANCELED": 499}  # as Go spells it


def status_of(code: Any) -> int | None:
    """The status that stands for a code; None where it is none."""
    said = str(code)
    if said.isascii() and said.isdigit():
        return CODES[int(said)] if int(said) < len(CODES) else None
    return BARE.get(said.replace("_", "").upper())

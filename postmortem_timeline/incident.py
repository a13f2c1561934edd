"""The data of `incident.json`, and its published schema.

The names are a promise: fields are added freely, renaming one is a new major `schema_version`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

SCHEMA_VERSION = "1.0"
SCHEMA_FILE = Path(__file__).with_name("incident.schema.json")

MARKS = (
    "changed", "onset", "impact_start", "detected", "alerted", "acknowledged",
    "declared", "identified", "mitigated", "resolved", "closed", "first_public_update",
)  # fmt: skip

RFC3339 = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
Time = Annotated[str, Meta(pattern=RFC3339, description="RFC 3339, UTC, milliseconds")]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]
Citation = Annotated[str, Meta(pattern=r"^.+:\d+(#\d+)?$", description="source:line, or source:line#ordinal")]
Basis = Literal["stated", "observed", "inferred", "guess"]
DetectedBy = Literal["monitoring", "employee", "customer", "third_party", "unknown"]


class Alternative(msgspec.Struct):
    """A runner-up of a mark."""

    at: Time
    reason: str
    confidence: Share | None = None
    basis: Basis | None = None
    citations: list[Citation] = []


class Mark(msgspec.Struct):
    """A moment of the lifecycle; `at` null, with the reason, where the evidence does not carry it."""

    at: Time | None
    confidence: Share | None
    basis: Basis | None
    origin: Literal["inferred", "annotated"] | None
    reason: str
    citations: list[Citation]
    alternatives: list[Alternative]
    by: DetectedBy | None = None


Lifecycle = msgspec.defstruct("Lifecycle", [(name, Mark) for name in MARKS])


class Durations(msgspec.Struct):
    """In seconds; negative where the order of the marks is (caught before harm)."""

    time_to_detect_seconds: float | None
    time_to_acknowledge_seconds: float | None
    time_to_mitigate_seconds: float | None
    time_to_resolve_seconds: float | None
    responder_time_to_acknowledge_seconds: float | None = None  # from the page on, as pagers count
    responder_time_to_resolve_seconds: float | None = None


class WindowDetail(msgspec.Struct):
    """An interval in which users were failed."""

    start: Time
    end: Time
    kind: Literal["failed", "slow", "dark", "not_covered"]
    services: list[str]
    open_start: bool
    open_end: bool


class Users(msgspec.Struct):
    """Distinct users inside the union of the windows."""

    active: Count | None
    affected: Count | None
    affected_excess: Count | None
    share: Share | None
    basis: str | None
    exact: bool | None


class Requests(msgspec.Struct):
    """Requests at the vantage, inside the windows."""

    total: Count | None
    failed: Count | None


class ErrorBudget(msgspec.Struct):
    """The shares of the period's budget that the windows spent."""

    slo: Annotated[float, Meta(gt=0, lt=1)]
    period_days: float
    period_requests: Count
    period_requests_basis: Literal["stated", "extrapolated"]
    by_requests: float | None
    by_time: float
    by_time_as_full: float


class Cost(msgspec.Struct):
    """Revenue not made, by the rate that people gave."""

    amount: float
    at_most: float
    basis: str


class Served(msgspec.Struct):
    """What a service was asked inside the windows, at the vantage."""

    name: str
    total: Count
    failed: Count
    share_of_attempts: Share | None


class Refused(msgspec.Struct):
    """Requests to an endpoint that ended in an error; those `counted` are among the failed requests."""

    endpoint: str
    status: int
    failed: Count
    counted: bool


class Impact(msgspec.Struct):
    """What users felt, counted at one vantage; null where no request evidence is there."""

    vantage: str | None
    windows: list[tuple[Time, Time]]
    window_details: list[WindowDetail]
    downtime_seconds: Seconds | None
    weighted_downtime_seconds: Seconds | None
    full_outage_seconds: Seconds | None
    users: Users | None
    requests: Requests | None
    error_budget: ErrorBudget | None
    cost: Cost | None
    services: list[Served] = []
    endpoints: list[Refused] = []
    response: dict[str, Any] | None = None  # the responders' time, by their chat messages


class Suspect(msgspec.Struct):
    """A service that may be where it began."""

    name: str
    score: float
    reason: str
    citations: list[Citation]


class Change(msgspec.Struct):
    """A change that may have set it off; one that nothing speaks for scores under 0.5."""

    at: Time
    service: str | None
    summary: str
    score: float
    reason: str
    citations: list[Citation]


class Clock(msgspec.Struct):
    """What a source's stamps are off by."""

    source: str
    zone_offset_seconds: float | None
    clock_offset_seconds: float | None
    confidence: Share | None
    reason: str
    drift_seconds_per_hour: float = 0.0  # by how much more it is ahead each hour
    drift_at: str | None = None  # when `clock_offset_seconds` holds, of a clock that drifts


class LedgerRow(msgspec.Struct):
    """What became of one source; the classes of lines add up."""

    source: str
    format: str | None
    confidence: Share | None
    lines: Count
    records: Count
    events: Count
    continuation: Count
    blank: Count
    structure: Count
    unparsed: Count
    copies: Count
    first: Time | None
    last: Time | None
    notes: list[str]


class Finding(msgspec.Struct):
    """Something that a reader should know before believing a number."""

    code: str
    message: str
    citations: list[Citation]


class Curve(msgspec.Struct):
    """Requests at the vantage over time, for the picture."""

    start: Time
    bucket_seconds: Annotated[int, Meta(gt=0)]
    total: list[Count]
    failed: list[Count]


class Tool(msgspec.Struct):
    """What wrote the file."""

    name: str
    version: str


class Input(msgspec.Struct):
    """A file that was read, for those who audit."""

    path: str
    bytes: Count
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Around(msgspec.Struct):
    """The lines of a source before and after a cited record."""

    before: list[str]
    after: list[str]


class Incident(msgspec.Struct):
    """All of `incident.json`."""

    schema_version: Annotated[str, Meta(pattern=r"^\d+\.\d+$")]
    title: str | None
    summary: str | None
    lifecycle: Lifecycle  # type: ignore[valid-type]
    durations: Durations
    formulas: dict[str, str]
    impact: Impact
    services: list[Suspect]
    changes: list[Change]
    clocks: list[Clock]
    ledger: list[LedgerRow]
    findings: list[Finding]
    other_incidents: list[dict[str, Any]]
    tool: Tool
    severity: str | None = None
    curve: Curve | None = None
    options: dict[str, Any] = {}
    inputs: list[Input] = []
    context: dict[str, Around] = {}


def check(incident: Mapping[str, Any]) -> Incident:
    """The typed view of an incident dict; raises `msgspec.ValidationError` with the place of what does not fit."""
    return msgspec.convert(incident, Incident)


def schema() -> dict[str, Any]:
    """The JSON Schema of `incident.json`; `SCHEMA_FILE` holds it, and a test keeps the two the same."""
    found = msgspec.json.schema(Incident)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "incident.json", **found}


def schema_text() -> str:
    """The bytes of the published file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"

"""The keys of `incident.toml`, as frozen structs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from postmortem_timeline.incident import DetectedBy

Positive = Annotated[float, Meta(gt=0)]
Utc = Annotated[dt.datetime, Meta(tz=True)]


class _Plain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Frozen, and a typing error in a key is an error, not a setting without effect."""


class Source(_Plain, frozen=True):
    """What is known of one source's stamps."""

    zone: str | None = None  # an IANA name or an offset like "+02:00"
    clock: float | None = None  # seconds that the source's clock was ahead by; 0 says that it was right
    drift: float | None = None  # ... and by how many more each hour; `clock` then holds in the middle of the records
    reason: str | None = None
    who: str | None = None  # who says so, for whoever audits


class Mark(_Plain, frozen=True):
    """A lifecycle mark as people state it; `at` null says that it did not happen or is not known."""

    at: Utc | None = None
    reason: str | None = None
    by: DetectedBy | None = None  # of `detected` only
    who: str | None = None  # who says so, for whoever audits
    citations: tuple[str, ...] = ()


class Pin(_Plain, frozen=True):
    """A record that stands in the timeline whatever its score."""

    citation: str


class Note(_Plain, frozen=True):
    """A row that no export holds."""

    at: Utc
    text: str
    end: Utc | None = None
    service: str | None = None
    actor: str | None = None


class Annotations(_Plain, frozen=True):
    """All of `incident.toml`; what nobody said is null or empty."""

    title: str | None = None
    severity: str | None = None
    roles: dict[str, str] = {}  # a name, handle or address -> the role that stands for it
    sources: dict[str, Source] = {}  # a source or a glob over sources
    marks: dict[str, Mark] = {}
    pinned: tuple[Pin, ...] = ()
    hidden: tuple[str, ...] = ()  # citations of records that stay out of it
    notes: tuple[Note, ...] = ()
    failed: tuple[int | str, ...] | None = None  # what counts as failed: 503, "5xx", "500-504"
    slo: Annotated[float, Meta(gt=0, lt=1)] | None = None
    slo_period_days: Positive = 30.0
    slo_period_requests: Annotated[int, Meta(gt=0)] | None = None
    revenue_per_minute: Positive | None = None
    revenue_per_request: Positive | None = None
    expected_users: Annotated[int, Meta(gt=0)] | None = None
    responder_rate: Positive | None = None  # per person and hour

    def source(self, name: str) -> Source:
        """What is said of `name`: by its own key, and where that is silent by the globs that match, in their order."""
        said = [self.sources[name]] if name in self.sources else []
        said += [known for glob, known in self.sources.items() if glob != name and fnmatchcase(name, glob)]
        return Source(
            zone=_first(known.zone for known in said), clock=_first(known.clock for known in said),
            drift=_first(known.drift for known in said),
        )  # fmt: skip

    def stated_marks(self) -> dict[str, dict[str, Any]]:
        """The marks as people state them, by name, as correlation lays them over its own."""
        return {
            name: {"at": m.at, "reason": m.reason, "citations": list(m.citations), **({"by": m.by} if m.by else {})}
            for name, m in self.marks.items()
        }

    def idle(self, names: Iterable[str]) -> list[str]:
        """The keys under `sources` that speak of none of `names`: most likely typing errors."""
        known = list(names)
        return [glob for glob in self.sources if not any(glob == name or fnmatchcase(name, glob) for name in known)]

    def hides(self, citation: str) -> bool:
        """Whether somebody asked to leave this record out of the timeline."""
        return citation in self.hidden

    def plain(self) -> dict[str, Any]:
        """What was said, without the defaults, as JSON holds it."""
        return dict(msgspec.json.decode(msgspec.json.encode(self)))


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def zones_of(said: Annotations) -> Callable[[str], str | None] | None:
    """The stated zone by source; None where none is stated at all."""
    return (lambda name: said.source(name).zone) if said.sources else None

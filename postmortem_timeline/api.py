"""The one place that puts the floors together: read, build, inspect, show, report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem_timeline.annotations import Annotations, load, zones_of
from postmortem_timeline.annotations import statuses as statuses_of
from postmortem_timeline.annotations.values import moment, seconds, share
from postmortem_timeline.errors import UsageError
from postmortem_timeline.formats.own import Own, own_formats
from postmortem_timeline.formats.registry import using
from postmortem_timeline.ingest.gather import Paths
from postmortem_timeline.ingest.ledger import Entry

if TYPE_CHECKING:
    import pandas as pd

    from postmortem_timeline.digesting import Digested
    from postmortem_timeline.timeline import Timeline

Progress = Callable[[int, int], None]
Said = str | os.PathLike[str] | Mapping[str, Any] | Annotations | None


def read(
    paths: Paths, *, annotations: Said = None, formats: Own = None, threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Every record below `paths` as one event frame (DESIGN section 3), sorted, as each source says it.

    Zones that `annotations` (an incident.toml) state are applied to stamps that carry none. Unreadable lines are
    events of format "unparsed"; copies have `copy_of` set. The ledger of what was read is in `frame.attrs["ledger"]`.
    `formats` are files (or folders) of your own formats, known for this call alone.
    Raises NothingReadable where a path does not exist or holds no file, FormatError where a format's file is wrong.
    """
    from postmortem_timeline.reading import read_frame

    with using(own_formats(formats, paths)):
        return read_frame(paths, _annotations(annotations), threads=threads, progress=progress)


def build_timeline(
    events: pd.DataFrame | Paths, *, since: Any = None, until: Any = None, annotations: Said = None, slo: Any = None,
    failed: Iterable[int | str] | None = None, formats: Own = None, threads: int | None = None,
    progress: Progress | None = None,
) -> Timeline:  # fmt: skip
    """The timeline of the incident in `events`: a frame as `read` gives it (or one made by hand), or paths, which stream.

    `since` and `until` choose the incident, not the evidence (a bare time is UTC). `slo` is the availability goal for
    the error budget, `failed` what counts as a failed request ("5xx", 401). Both ways give the same incident.
    `formats` are files (or folders) of your own formats, known for this timeline alone.
    Raises NothingReadable for paths without a file, AnnotationError for an incident.toml that cannot be applied.
    """
    paths, (begin, end) = None if _is_frame(events) else events, _bounds(since, until)
    said, own = _annotations(annotations), own_formats(formats, events)
    with using(own):
        digested, events = _digested(events, paths, said, threads, progress)
        from postmortem_timeline.building import build
        from postmortem_timeline.timeline import Timeline

        wanted = statuses_of(failed) if failed else statuses_of(said.failed) if said.failed else None
        built = build(
            digested, said, since=begin, until=end, slo=share(slo) if slo is not None else said.slo,
            failed=wanted, paths=paths,
        )  # fmt: skip
    return Timeline(built, evidence=events if paths is None else paths, annotations=said, formats=own)


def _digested(
    events: Any, paths: Paths | None, said: Annotations, threads: int | None, progress: Progress | None
) -> tuple[Digested, Any]:
    """The digest of a frame or of paths, and the frame with the zones that people stated."""
    from postmortem_timeline.digesting import digest_paths

    if paths is not None:
        return digest_paths(
            paths, zone_of=zones_of(said), threads=threads, progress=progress, meanwhile=lambda: _meanwhile(paths)
        ), events
    from postmortem_timeline.frame import to_pandas
    from postmortem_timeline.framing import digest_frame

    digested = digest_frame(events, zones_of(said))
    if said.sources and digested.events is not None:
        return digested, to_pandas(digested.events)
    return digested, events


def _meanwhile(paths: Paths) -> None:
    """What follows on reading: files to be hashed for the evidence index, imports that take half a second."""
    from postmortem_timeline.ingest.inputs import begin

    begin(paths)
    import postmortem_timeline.building
    import postmortem_timeline.timeline  # noqa: F401


def inspect(
    paths: Paths, *, annotations: Said = None, formats: Own = None, threads: int | None = None,
    progress: Progress | None = None,
) -> Ledger:  # fmt: skip
    """The ledger of `paths`: what each source is and what became of its lines, without correlating anything.

    `formats` are files (or folders) of your own formats, known for this call alone.
    """
    from postmortem_timeline.digesting import digest_paths

    with using(own_formats(formats, paths)):
        digested = digest_paths(paths, zone_of=zones_of(_annotations(annotations)), threads=threads, progress=progress)
    zones = {name: stats.zone for name, stats in digested.digest.stats.items()}
    return Ledger(digested.entries, zones)


class Ledger:
    """The ledger of an inspection."""

    def __init__(self, entries: list[Entry], zones: dict[str, str]) -> None:
        self.rows = [
            {
                **e.as_dict(),
                "zone": zones.get(e.source),
                "notes": [*e.as_dict()["notes"], *(message for _, message in e.doubts)],
            }
            for e in entries
        ]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a source."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    def to_json(self) -> str:
        import json

        return json.dumps(self.rows, indent=2, ensure_ascii=False)


def patterns(events: pd.DataFrame) -> pd.Series:
    """The template of each event's body, aligned with `events`: `connection from <*> closed`."""
    import pandas as pd
    import pyarrow as pa

    from postmortem_timeline.digest.merging import merge_templates
    from postmortem_timeline.digest.templates import templates

    bodies = pa.Array.from_pandas(events["body"]).cast(pa.large_string())
    coded = (bodies.combine_chunks() if isinstance(bodies, pa.ChunkedArray) else bodies).dictionary_encode()
    masked = templates(coded.dictionary).to_pylist()
    names = merge_templates(sorted({m for m in masked if m is not None}))
    values = [None if m is None else names[m] for m in masked]
    found = [values[i] if i is not None else None for i in coded.indices.to_pylist()]
    return pd.Series(found, index=events.index, dtype="str", name="pattern")


def show(citation: str, paths: Paths, *, context: int = 3, formats: Own = None) -> list[tuple[str, str, bool]]:
    """The record of a citation with `context` lines around it: (citation, text, whether it is the one asked for).

    `formats` are those that the sources were read with: they say which lines are of one record.
    Raises CitationError where the citation is malformed, its source is not below `paths`, or the line does not exist.
    """
    from postmortem_timeline.quoting import in_context

    with using(own_formats(formats, paths)):
        return in_context(citation, paths, context)


def report(directory: str | os.PathLike[str], *, redact: bool = True, exports: Sequence[str] = ()) -> None:
    """Write the documents of a built folder again, with its incident.toml as it is now, without parsing again.

    `redact` and `exports` are those of `Timeline.save`.
    """
    from postmortem_timeline.timeline import Timeline

    Timeline.load(directory).save(directory, redact=redact, exports=exports)


def _is_frame(events: Any) -> bool:
    """Whether events came as a pandas frame; what is neither that nor paths is refused."""
    if isinstance(events, (str, os.PathLike)) or (
        isinstance(events, (list, tuple)) and all(isinstance(e, (str, os.PathLike)) for e in events)
    ):
        return False
    if hasattr(events, "columns") and hasattr(events, "iloc"):
        return True
    hint = "; its to_pandas() makes one" if hasattr(events, "to_pandas") else ""
    raise UsageError(f"build_timeline takes a pandas frame of events or paths, not {type(events).__name__}{hint}")


def _annotations(said: Said) -> Annotations:
    return load(said if isinstance(said, (Annotations, Mapping)) or said is None else Path(said))


def _bounds(since: Any, until: Any) -> tuple[int | None, int | None]:
    begin, end = _ns(since), _ns(until)
    if begin is not None and end is not None and begin >= end:
        raise UsageError(f"since {since} does not lie before until {until}")
    return begin, end


def _ns(value: Any) -> int | None:
    if value is None:
        return None
    at = moment(value.to_pydatetime() if hasattr(value, "to_pydatetime") else value)
    return round(at.timestamp() * 1000) * 1_000_000


__all__ = ["Ledger", "build_timeline", "inspect", "patterns", "read", "report", "seconds", "show"]

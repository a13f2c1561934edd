"""The records that citations name, read again: for the documents, for `pmt show`, for evidence in notebooks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from postmortem_timeline.errors import CitationError
from postmortem_timeline.ingest.around import around
from postmortem_timeline.ingest.discover import Source, Workspace, discover
from postmortem_timeline.ingest.gather import Paths
from postmortem_timeline.ingest.quote import Place, quote_lines, quote_records, split_citation
from postmortem_timeline.ingest.survey import Surveyed, survey

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

QUOTED_LINES, QUOTED_CHARACTERS = 40, 4_000  # what a document quotes of one record
SHOWN_LINES, SHOWN_CHARACTERS = 5_000, 500_000  # what `pmt show` prints of one
WIDE = 100  # JSON on one line that is longer is easier to read with its members below each other


Quotes = dict[str, dict[str, Any]]


def quotes(citations: Iterable[str], paths: Paths, notables: pd.DataFrame) -> tuple[Quotes, Quotes]:
    """The cited records and what stands around them, in one pass over the exports.

    citation -> {"text", "said", "timestamp"}: the record as it stands in the source, and what it says in words; `said` is
    the message of a structured record (an element of a document), null where the text itself is the message.
    citation -> {"before", "after"}: the lines around it, by source and citation, where it stands among lines.
    """
    wanted = list(citations)
    found, context = from_frame(wanted, notables), dict[str, dict[str, Any]]()
    for quote in found.values():
        quote["said"] = quote["text"]
    with Workspace() as workspace:
        sources = _sources(paths, workspace)
        by_source: dict[str, list[str]] = {}
        for citation in wanted:
            by_source.setdefault(split_citation(citation)[0], []).append(citation)
        for name, cited in sorted(by_source.items()):
            if name in sources:
                surveyed = _survey(sources, name)
                _quote(surveyed, cited, found)
                context |= around(surveyed, {citation: found[citation] for citation in cited if citation in found})
    return found, context


def _quote(surveyed: Surveyed, cited: list[str], found: Quotes) -> None:
    """Write the records of one source into `found`, over what an event frame said of them."""
    from postmortem_timeline.frame import cite

    places: set[Place] = {split_citation(citation)[1:] for citation in cited}
    for (line, ordinal), rows in sorted(quote_records(surveyed, places, QUOTED_LINES).items()):
        quote = found.setdefault(cite(surveyed.source.name, line, ordinal), {"said": None, "timestamp": None})
        quote["text"] = cut(opened(rows) if is_document(surveyed) else rows, QUOTED_LINES, QUOTED_CHARACTERS)


def cut(rows: list[str], most_lines: int, most_characters: int) -> str:
    """A record's lines as one text; what is too long is cut, with a mark that says so."""
    text = "\n".join(rows[:most_lines])
    if len(text) > most_characters:
        return f"{text[:most_characters]}… [cut: {len(text) - most_characters:,} more characters]"
    return text + "\n… [cut: the record goes on]" if len(rows) > most_lines else text


def opened(rows: list[str]) -> list[str]:
    """A wide line that is one JSON value, with its members below each other; escaped letters as letters."""
    text = "\n".join(rows)
    if not text.startswith(("{", "[")) or ((len(rows) > 1 or len(text) <= WIDE) and "\\u" not in text):
        return rows
    try:
        return json.dumps(json.loads(text, strict=False), indent=2, ensure_ascii=False).split("\n")
    except ValueError:
        return rows


def from_frame(citations: Iterable[str], events: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Quotes from an event frame, for what has no file."""
    from postmortem_timeline.frame import cite
    from postmortem_timeline.times import rfc3339

    wanted = set(citations)
    found: dict[str, dict[str, Any]] = {}
    if events.empty:
        return found
    lines = {split_citation(c)[1] for c in wanted}
    for row in events[events["line"].isin(lines)].itertuples():
        citation = cite(str(row.source), int(row.line), int(row.ordinal))
        if citation in wanted:
            at = None if row.timestamp is None or row.timestamp != row.timestamp else rfc3339(int(row.timestamp.value))
            body = "" if row.body is None or row.body != row.body else str(row.body)
            record = _record(row, body)
            found[citation] = {"text": record or body, "said": body if record else None, "timestamp": at}
    return found


def _record(row: Any, body: str) -> str | None:
    """The record of an event that was one JSON object, as far as the event holds it; None for others."""
    from postmortem_timeline.formats import registry

    chain = registry.chain(str(row.format))
    if not chain or chain[0].engine != "jsonl" or not isinstance(row.attributes, str):
        return None
    try:
        rest = json.loads(row.attributes)
    except ValueError:
        return None
    told = {"timestamp": row.stamp, "level": row.severity_text, "message": body}
    known = {name: value for name, value in told.items() if isinstance(value, str) and value}
    return json.dumps(known | rest, ensure_ascii=False) if isinstance(rest, dict) else None


def from_table(citations: Iterable[str], events: pa.Table) -> dict[str, dict[str, Any]]:
    """As `from_frame`, from an event table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from postmortem_timeline.frame import to_pandas

    wanted = list(citations)
    lines = pa.array(sorted({split_citation(c)[1] for c in wanted}), pa.int64())
    return from_frame(wanted, to_pandas(events.filter(pc.is_in(events["line"], value_set=lines))))


def quoted_events(citations: Iterable[str], known: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The event frame of cited records of which only the quotes are left: time, text and place."""
    import pandas as pd

    from postmortem_timeline.frame import completed

    rows = []
    for citation in dict.fromkeys(citations):
        quote = known.get(citation)
        source, line, ordinal = split_citation(citation)
        at, text = (None, None) if quote is None else (quote["timestamp"], quote.get("said") or quote["text"])
        rows.append({"timestamp": at, "body": text, "source": source, "line": line, "ordinal": ordinal})
    return completed(pd.DataFrame(rows, columns=["timestamp", "body", "source", "line", "ordinal"]))


def in_context(citation: str, paths: Paths, context: int) -> list[tuple[str, str, bool]]:
    """The record of a citation, and the lines around it where it is one of a line log: (place, text, whether it is it).

    An element of a document stands alone: what lies around it in the text are parts of other elements.
    """
    name, line, ordinal = split_citation(citation)
    with Workspace() as workspace:
        sources = _sources(paths, workspace)
        if name not in sources:
            near = ", ".join(get_close_matches(name, sources, 5, 0.4) or sorted(sources)[:5])
            given = paths if isinstance(paths, (list, tuple)) else [paths]
            raise CitationError(f"{name!r} is not below {', '.join(os.fspath(one) for one in given)}; sources there are {near}")
        found = _survey(sources, name)
        record = quote_records(found, {(line, ordinal)}, SHOWN_LINES).get((line, ordinal))
        if record and is_document(found):
            return [(citation, cut(opened(record), SHOWN_LINES, SHOWN_CHARACTERS), True)]
        first, length = max(line - context, 1), min(len(record or ""), SHOWN_LINES) or 1
        lines = quote_lines(sources[name], {first}, line - first + length - 1 + context)[first]
    if len(lines) <= line - first:
        raise CitationError(f"{name} has no line {line}")
    if ordinal and is_document(found):
        raise CitationError(f"{name} has no record #{ordinal} on line {line}")
    start = line - first
    own = (citation, cut(record or lines[start : start + 1], SHOWN_LINES, SHOWN_CHARACTERS), True)
    around = [(f"{name}:{first + k}", text, False) for k, text in enumerate(lines)]
    return [*around[:start], own, *around[start + length :]]


def is_document(found: Surveyed) -> bool:
    """Whether a source is one document that a parser of its own reads, and no lines."""
    return found.plan is not None and found.plan.export is not None


def _sources(paths: Paths, workspace: Workspace) -> dict[str, Source]:
    return {s.name: s for s in discover(paths, workspace) if not s.skipped}


def _survey(sources: dict[str, Source], name: str) -> Surveyed:
    found = survey(sources[name])
    found.siblings = {other.name: other.path for other in sources.values()}
    return found

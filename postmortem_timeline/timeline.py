"""The result that people hold: the timeline, the incident, the ledger, and the documents made of them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem_timeline.annotations import Annotations
from postmortem_timeline.building import Built
from postmortem_timeline.errors import UsageError
from postmortem_timeline.formats.model import Format
from postmortem_timeline.formats.registry import using
from postmortem_timeline.rows import rows_of
from postmortem_timeline.views import profiles

if TYPE_CHECKING:
    import pandas as pd


class Timeline:
    """One incident. Times are true times in UTC.

    frame      the timeline, one row an entry (DESIGN section 6)
    incident   the dict of incident.json (DESIGN section 7)
    ledger     one row a source: what became of its lines
    windows    one row an interval in which users were failed: start, end, kind, services, open_start, open_end, requests, failed
    """

    def __init__(
        self, built: Built, *, evidence: Any = None, annotations: Annotations | None = None, formats: Sequence[Format] = ()
    ) -> None:  # fmt: skip
        self._built = built
        self._evidence = evidence  # the paths or the frame that it was built from; None after `load`
        self._annotations = annotations or Annotations()
        self._formats = tuple(formats)  # a user's own, with which paths are read again

    @property
    def frame(self) -> pd.DataFrame:
        return self._built.frame

    @property
    def incident(self) -> dict[str, Any]:
        return self._built.incident

    @property
    def ledger(self) -> pd.DataFrame:
        from postmortem_timeline.ledger_frame import Ledger

        return Ledger(self.incident["ledger"])

    @property
    def windows(self) -> pd.DataFrame:
        import pandas as pd

        raw = self._built.windows
        frame = pd.DataFrame(
            {
                name: raw[name]
                for name in ("kind", "services", "open_start", "open_end", "requests", "failed")
                if name in raw
            }
        )
        for name in ("end", "start"):
            stamps = pd.to_datetime(raw[f"{name}_ns"].astype("int64"), unit="ns", utc=True)
            frame.insert(0, name, stamps.astype("datetime64[ns, UTC]"))
        return frame

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The timeline as plain dicts, times as RFC 3339."""
        return rows_of(self.frame)

    def events(self, *, corrected: bool = False) -> pd.DataFrame:
        """The event frame behind the timeline; `corrected` moves each source by what its clock and zone were found to be off.

        Raises UsageError for a timeline that was loaded from a folder: it does not hold its evidence.
        """
        from postmortem_timeline.correcting import corrected_events

        events = self._events()
        return corrected_events(events, self._built.shifts) if corrected else events

    def _events(self) -> pd.DataFrame:
        from postmortem_timeline.frame import completed
        from postmortem_timeline.reading import read_frame

        if self._evidence is None:
            raise UsageError("this timeline was loaded without its evidence; build it again from the exports")
        if hasattr(self._evidence, "columns"):
            return completed(self._evidence)
        with using(self._formats):
            return read_frame(self._evidence, self._annotations)

    def evidence(self, row: int) -> pd.DataFrame:
        """The events behind a row of the timeline, by its position, with the columns of the event frame.

        A timeline built from paths reads them again; one that was loaded has no more of them than their quoted text.
        """
        from postmortem_timeline.quoting import quoted_events
        from postmortem_timeline.reading import cited_events

        citations = [str(citation) for citation in self.frame.iloc[row]["citations"]]
        if self._evidence is None:
            return quoted_events(citations, self._built.quotes)
        with using(self._formats):
            return cited_events(citations, self._evidence, self._annotations)

    def headline(self) -> str:
        """The executive sentence, the key numbers, the timeline and the doubts, in 80 columns."""
        from postmortem_timeline.views.terminal import summary

        told = self._document()
        return summary(told.incident, told.rows)

    def metrics(self, profile: str) -> pd.DataFrame:
        """The durations as another tool counts them: pagerduty, datadog, rootly, firehydrant, dora or morgue.

        One row a measure: name, seconds (float64, null where a mark is unknown), reason, formula, note. Raises UsageError
        for another profile.
        """
        import pandas as pd

        return pd.DataFrame(profiles.measures(self.incident, _profile(profile))).astype({"seconds": "float64"})

    def as_counted_by(self, profile: str) -> str:
        """`metrics` as lines of text."""
        return profiles.table(self.incident, _profile(profile)) + "\n"

    def explain(self, what: str) -> str:
        """How `what` came about, in words: a mark, a duration, a number, a row (from 1), a citation, a suspect, a change.

        It says from which records, what else was considered, and how to override it in incident.toml.
        Raises UsageError, which lists what can be asked for, where `what` is none of it.
        """
        from postmortem_timeline.explaining import explain

        told = self._document()
        quotes = {place: {"text": quote.text, "said": quote.said} for place, quote in told.quotes.items()}
        return explain(told.incident, told.rows, quotes, what)

    def plot(self, ax: Any = None) -> Any:
        """Requests and failures over time with the impact windows and marks, on a matplotlib axis; returns the axis."""
        from postmortem_timeline.views.plot import plot

        return plot(self.incident, self.rows, ax)

    def to_json(self) -> str:
        """The text of incident.json."""
        return json.dumps(self.incident, indent=2, ensure_ascii=False) + "\n"

    def to_markdown(self) -> str:
        """The text of postmortem.md; people stand in it as roles."""
        from postmortem_timeline.postmortem import markdown

        return markdown.render(self._document())

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """The text of report.html, one file that works offline; written to `path` if one is given."""
        from postmortem_timeline.postmortem import html

        text = html.render(self._document())
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def _document(self, *, redact: bool = True) -> Any:
        from postmortem_timeline.postmortem.model import document
        from postmortem_timeline.postmortem.people import archive_key

        return document(
            self.incident, self.rows, self._built.quotes, roles=self._annotations.roles, blameless=redact, redact=redact,
            key=archive_key(os.environ),
        )  # fmt: skip

    def save(
        self, directory: str | os.PathLike[str], *, redact: bool = True, exports: Sequence[str] = ()
    ) -> None:
        """Write timeline.parquet, timeline.csv, incident.json, postmortem.md, report.html and evidence.parquet.

        What was generated before is replaced; in a postmortem.md that somebody edited what they wrote stays, and where
        there is other text for a part of theirs the fresh one goes to postmortem.generated.md beside it. Nothing else in
        the folder is touched. `redact=False` leaves names, secrets and addresses as the exports have them; `exports`
        adds "timesketch-csv", "timesketch-jsonl" or "mermaid".
        """
        from postmortem_timeline.saving import save

        save(self, Path(directory), redact=redact, exports=exports)

    @classmethod
    def load(cls, directory: str | os.PathLike[str]) -> Timeline:
        """A timeline that `save` wrote, with the folder's incident.toml applied as far as that needs no new build."""
        from postmortem_timeline.saving import load

        built, said = load(Path(directory))
        return cls(built, annotations=said)

    def __repr__(self) -> str:
        return f"<Timeline {self.incident.get('summary') or 'without an incident'}>"

    def _repr_html_(self) -> str:
        from postmortem_timeline.views.notebook import timeline_html

        return timeline_html(self.incident, self.rows)


def _profile(name: str) -> str:
    if name not in profiles.PROFILES:
        raise UsageError(f"no metric profile {name!r}; there are {', '.join(profiles.PROFILES)}")
    return name

"""What people know better than the exports (`incident.toml`), as plain data.

Never read from the evidence: the file lies in the output folder or is named on the command line.
"""

from __future__ import annotations

from postmortem_timeline.annotations.model import Annotations, Mark, Note, Pin, Source, zones_of
from postmortem_timeline.annotations.reading import FILE_NAME, find, load, parse
from postmortem_timeline.annotations.values import statuses, zone

__all__ = ["FILE_NAME", "Annotations", "Mark", "Note", "Pin", "Source", "find", "load", "parse", "statuses", "zone", "zones_of"]

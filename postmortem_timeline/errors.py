"""What is raised when a person misuses us; bad evidence never raises, it becomes a ledger row.

    PostmortemTimelineError
    ├── UsageError (ValueError)          an argument or option that cannot be meant
    ├── NothingReadable (LookupError)    no path held anything that could be read
    ├── AnnotationError (ValueError)     incident.toml says something that cannot be applied
    ├── FormatError (ValueError)         a format's own file is wrong
    └── CitationError (LookupError)      a `source:line` that is not there
"""

from __future__ import annotations


class PostmortemTimelineError(Exception):
    """The base of everything that we raise on purpose."""


class UsageError(PostmortemTimelineError, ValueError):
    """An argument or option that cannot be meant."""


class NothingReadable(PostmortemTimelineError, LookupError):
    """No path held anything that could be read."""


class AnnotationError(PostmortemTimelineError, ValueError):
    """`incident.toml` says something that cannot be applied."""


class FormatError(PostmortemTimelineError, ValueError):
    """A format's own file is wrong; the message names the file, the part and what to do."""


class CitationError(PostmortemTimelineError, LookupError):
    """A `source:line` that is not there."""

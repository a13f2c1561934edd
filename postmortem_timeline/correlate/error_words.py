"""The words by which a log line says that something is wrong, whatever its level says."""

from __future__ import annotations

import re

ERROR = 17  # OpenTelemetry: ERROR

# A level is missing from many lines (syslog without priority), and proxies write `notice` about dead backends.
WRONG = re.compile(
    r"\b(?:errors?|fail(?:ed|s|ure|ing)?|fatal|panic|exception|traceback|critical|refus\w+|unreachable|unavailable|"
    r"time[ds]?[ -]?out|denied|abort\w*|terminat\w+|killed|oom|out of memory|crash\w*|reset by peer|broken pipe|"
    r"no healthy|no live|no route|not respond\w*|unable to|cannot|could not|can't|exhausted|expired|rejected|"
    r"(?:is|went|marked|goes) down|shut(?:ting)? down|lost|unhealthy|down)\b|[a-z](?:Exception|Error)\b",
    re.IGNORECASE,
)

# Two processes that could not speak with each other: the one that is not there is at fault, not the one that complains.
CONNECTION = re.compile(
    r"connection (?:refused|reset|failed|closed|timed out|terminated)|refus(?:ed|es) (?:the )?connections?|econnrefused|"
    r"econnreset|etimedout|ehostunreach|unreachable|no route to host|(?:could not|cannot|can't|unable to|failed to) connect|"
    r"error connecting|connect(?:ion)?\(?\)? (?:failed|timed? ?out)|terminating connection|server closed the connection|"
    r"name resolution|no such host|no healthy|no live upstream|is (?:the server|not) running|is down|broken pipe|"
    r"connection to .{0,60}(?:failed|refused|lost)|brokers? (?:are )?down|not reachable",
    re.IGNORECASE,
)

# A process that begins or ends its life.
LIFECYCLE = re.compile(
    r"\b(?:shut(?:ting)? ?down|shutdown|starting|started|stopp(?:ed|ing)|exit(?:ed|ing)|terminat(?:ed|ing)|"
    r"received (?:fast |smart |immediate )?(?:sig\w+|signal)|killed|crash\w*|restart\w*|oom|panic|out of memory|ready to accept|"
    r"recovery|failover|read-only)\b",
    re.IGNORECASE,
)


def wrong(text: str, severity: int) -> bool:
    """Whether a line speaks of something that is wrong."""
    return severity >= ERROR or (severity < 9 or severity >= 13) and bool(WRONG.search(text))

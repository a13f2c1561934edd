"""The words by which a log line says that something is wrong, whatever its level says."""

from __future__ import annotations

import re

ERROR = 17  # OpenTelemetry: ERROR

# A level is missing from many lines (syslog without priority), and proxies write `notice` about dead backends.
WRONG = re.compile(
    r"\b(?:errors?|fail(?:ed|s|ure|ing)?|fatal|panic|exception|traceback|critical|refus\w+|unreachable|unavailable|"
    r"time[ds]?[ -]?out|denied|abort\w*|terminat\w+|killed|oom|out of memory|crash\w*|reset by peer|broken pipe|"
    r"no (?:healthy|live|route|server)|not respond\w*|unable to|cannot|could not|can't|exhausted|expired|rejected|full|"
    r"drop(?:s|ped|ping)|shut(?:ting)? ?down|lost|unhealthy|down)\b|[a-z](?:Exception|Error)\b",
    re.IGNORECASE,
)

# Two processes that could not speak with each other: the one that is not there is at fault, not the one that complains.
CONNECTION = re.compile(
    r"connection (?:refused|reset|failed|closed|timed out|terminated)|refus(?:ed|es) (?:the )?connections?|"
    r"econnrefused|econnreset|etimedout|ehostunreach|unreachable|no route to host|not reachable|"
    r"(?:could not|cannot|can't|unable to|failed to) connect|error connecting|"
    r"connect(?:ion)?\(?\)? (?:failed|timed? ?out)|"
    r"terminating connection|server closed the connection|name resolution|no such host|broken pipe|"
    r"no (?:healthy|live) (?:server|upstream|backend)|has no server available|is (?:the server|not) running|is down|"
    r"connection to .{0,60}(?:failed|refused|lost)|brokers? (?:are )?down",
    re.IGNORECASE,
)

# A process that begins or ends its life.
LIFECYCLE = re.compile(
    r"\b(?:shut(?:ting)? ?down|starting|started|stopp(?:ed|ing)|exit(?:ed|ing)|terminat(?:ed|ing)|killed|crash\w*|"
    r"restart\w*|oom|panic|out of memory|ready to accept|recovery|failover|read-only|received sig\w+)\b",
    re.IGNORECASE,
)


def wrong(text: str, severity: int) -> bool:
    """Whether a line speaks of something that is wrong; what its own program calls information is none."""
    unsure = severity < 9 or severity >= 13
    return severity >= ERROR or (unsure and bool(WRONG.search(text)))

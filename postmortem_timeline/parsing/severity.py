"""Severity words and numbers of the OpenTelemetry log data model (1..24; 0 unknown)."""

from __future__ import annotations

# https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber and its appendix B for syslog and others
COMMON = {
    "trace": 1, "finest": 1, "verbose": 1, "finer": 3, "debug": 5, "dbg": 5, "fine": 5, "debug5": 3, "debug4": 3, "debug3": 4,
    "debug2": 4, "debug1": 5, "config": 7, "info": 9, "inf": 9, "information": 9, "informational": 9, "log": 9, "statement": 9,
    "detail": 9, "hint": 9, "context": 9, "system": 9, "note": 10, "notice": 10, "success": 9, "warn": 13, "wrn": 13, "warning": 13,
    "error": 17, "err": 17, "eror": 17, "severe": 17, "fail": 17, "failure": 17, "crit": 18, "critical": 18, "alert": 19,
    "fatal": 21, "ftl": 21, "panic": 21, "dpanic": 21, "emerg": 21, "emergency": 21,
    "t": 1, "d": 5, "i": 9, "n": 10, "w": 13, "e": 17, "c": 18, "f": 21, "v": 1,
}  # fmt: skip

SYSLOG = (21, 19, 18, 17, 13, 10, 9, 5)  # RFC 5424 severities 0 (emergency) .. 7 (debug)


def number(word: str | None, own: dict[str, int] | None = None) -> int:
    """The severity number of a word; `own` is the product's scale and wins. 0 where the word is unknown."""
    if word is None:
        return 0
    word = word.strip(" []():")
    if own:
        for form in (word, word.lower(), word.upper()):
            if form in own:
                return own[form]
    return COMMON.get(word.lower(), 0)


def bucket(severity: int) -> int:
    """The first number of a severity's range: 0 unknown, 1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal."""
    return 0 if severity <= 0 else (min(severity, 24) - 1) // 4 * 4 + 1

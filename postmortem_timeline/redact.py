"""What must not leave: secrets, cards and addresses replaced, control characters stripped, known names searched for."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from postmortem_timeline.errors import PostmortemTimelineError

RULES = Path(__file__).with_name("redact.toml")

# Terminal colours go as a whole, so that "[31m" does not stay behind.
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# C0 and C1 controls, bidirectional overrides (text that reads otherwise than it is), surrogates and non-characters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)

# Addresses of our own machines say which machine, not who; documentation ranges stand for clients in examples.
OWN_NETWORKS = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8",
                "255.255.255.255/32", "::1/128", "::/128", "fe80::/10", "fc00::/7")
)  # fmt: skip


SHORTEST = 3  # letters of a name that can be searched for; an "x" is everywhere


class Leak(PostmortemTimelineError):
    """A document still holds what it must not; the message says how many, never what."""


@dataclass(frozen=True)
class Rule:
    id: str
    regex: re.Pattern[str]
    keywords: tuple[str, ...]
    check: Callable[[str], bool]


def clean(text: str) -> str:
    """`text` without control characters, terminal colours and invisible direction marks; new lines and tabs stay."""
    return UNPRINTABLE.sub("", ANSI.sub("", text.replace("\r\n", "\n")))


def redact(text: str) -> str:
    """`text` with each secret, card number, mail, phone and public address replaced by its kind in brackets."""
    lowered = text.lower()
    for rule in rules():
        if not rule.keywords or any(word in lowered for word in rule.keywords):
            text = rule.regex.sub(lambda match, rule=rule: _replace(rule, match), text)  # type: ignore[misc]
    return text


def search(rendered: str, known: Iterable[str], *, spare: Iterable[str] = ()) -> list[str]:
    """Which of the `known` names stand in `rendered` as words of their own; `spare` (file names) is looked over."""
    for passage in sorted(set(spare), key=len, reverse=True):
        rendered = rendered.replace(passage, " ")
    names = sorted({name for name in known if len(name) >= SHORTEST})
    return [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rendered)]


def seal(rendered: str, known: Iterable[str], *, spare: Iterable[str] = ()) -> str:
    """`rendered` as it is, unless a known name is still in it: then nothing leaves."""
    left = search(rendered, known, spare=spare)
    if left:
        raise Leak(f"{len(left)} names of people would have left with this document; nothing was written")
    return rendered


@cache
def rules(path: Path = RULES) -> tuple[Rule, ...]:
    """The rules of a gitleaks-like file, compiled once."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    return tuple(
        Rule(row["id"], re.compile(row["regex"]), tuple(row.get("keywords", ())), CHECKS[row.get("check", "any")])
        for row in table["rules"]
    )


@cache
def nobody(path: Path = RULES) -> frozenset[str]:
    """Whose home folder says nothing about who."""
    with path.open("rb") as file:
        return frozenset(tomllib.load(file)["nobody"])


def _replace(rule: Rule, match: re.Match[str]) -> str:
    group = "secret" if "secret" in match.re.groupindex else 0
    if not rule.check(match.group(group)):
        return match.group()
    start, end = (place - match.start() for place in match.span(group))
    return f"{match.group()[:start]}[{rule.id} redacted]{match.group()[end:]}"


def _luhn(text: str) -> bool:
    """ISO/IEC 7812-1: doubled every second digit from the right, the sum ends in 0."""
    digits = [int(char) for char in text if char.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [sum(divmod(digit * 2, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _iban(text: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as 10..35, modulo 97 is 1."""
    packed = text.replace(" ", "")
    return 15 <= len(packed) <= 34 and int("".join(str(int(char, 36)) for char in packed[4:] + packed[:4])) % 97 == 1


def _public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not any(address in network for network in OWN_NETWORKS if network.version == address.version)


SERVICE = re.compile(r"(?i)service|deploy|svc|agent|runner|redacted|^(?:on-call|responder|engineer|incident)")


def _person(text: str) -> bool:
    return text.lower() not in nobody() and not SERVICE.search(text)


NO_VALUE = re.compile(r"(?i)(?:null|none|nil|undefined|true|false|yes|no|empty|\*+|x{3,}|\$\{?[a-z_]+\}?|<[^>]*>?|\[[^\]]*\]?|%\w)[)\].]*")


def _value(text: str) -> bool:
    return not NO_VALUE.fullmatch(text) and "redacted]" not in text


CHECKS: dict[str, Callable[[str], bool]] = {
    "any": lambda text: "redacted]" not in text,
    "luhn": _luhn,
    "iban": _iban,
    "public-address": _public,
    "person": _person,
    "value": _value,
}

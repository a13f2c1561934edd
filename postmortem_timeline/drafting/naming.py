"""What a field of a layout is called, by its key, by what stands beside it, and by its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address

from postmortem_timeline.drafting.items import Item
from postmortem_timeline.parsing import guess
from postmortem_timeline.parsing.layouts import EVENT_TEXTS

TIMED = re.compile(r"^[0-9]+(?:\.[0-9]+)?(ns|us|µs|ms|s)$")
DOTTED = re.compile(r"^[A-Za-z_$][\w$]*(?:[./:]+[\w$<>-]+)+$")
THREAD = re.compile(r"thread|pool|exec|worker|^main$", re.IGNORECASE)
ENOUGH = 0.7


class Names:
    """The fields of one layout: each with a name of its own; and the event columns that they fill."""

    def __init__(self) -> None:
        self.columns: dict[str, str] = {}  # event column -> what stands behind it in the file
        self.taken: set[str] = {"timestamp", "body"}

    def field(self, item: Item, values: Sequence[str], before: Sequence[Item], behind: Sequence[Item]) -> str:
        """`name` or `name:kind` of a field with these values."""
        if item.kind == "request":
            return self._column("endpoint", "request", 'decode = "http_request"')
        if item.kind == "pair":
            return self._keyed(item.sign.partition("=")[0], values)
        whole = all(value.isdigit() for value in values)
        if whole and _after_request(before) and all(len(value) == 3 and value[0] in "12345" for value in values):
            return self._column("status_code", "status") + ":int"
        if all(map(_is_address, values)):
            return self._column("client", "client")
        if whole:
            return self._free("pid" if item.kind == "square" else "number") + ":int"
        return self._free(_kind(item, values, behind))

    def request(self, protocol: bool) -> str:
        """A request that stands between blanks as its parts."""
        path = self._column("endpoint", "path", 'decode = "http_path"')
        return (
            "{"
            + self._free("method")
            + ":word} {"
            + path
            + "}"
            + (" {" + self._free("protocol") + "}" if protocol else "")
        )

    def duration(self, unit: str, key: str = "duration") -> str:
        """A number with its unit behind it."""
        name = self._column("duration_ms", _word(key), f'unit = "{unit}"') if "duration_ms" not in self.columns else ""
        return (name or self._free(_word(key))) + ":num"

    def _keyed(self, key: str, values: Sequence[str]) -> str:
        filled = [value for value in values if value and value != "-"]
        for column, rank, check in guess.COLUMNS:
            if rank(key) is not None and filled and sum(check(v, key) for v in filled) >= ENOUGH * len(filled):
                if column in self.columns or column == "body":
                    break
                said = 'null = "-"' if len(filled) < len(values) else ""
                said = f'unit = "{guess.unit_of(key)}"' if column == "duration_ms" else said
                said = 'decode = "http_path"' if column == "endpoint" else said
                return self._column(column, _word(key), said)
        return self._free(_word(key))

    def _column(self, column: str, name: str, more: str = "") -> str:
        if column in self.columns:
            return self._free(name)
        name = self._free(name, own=True)
        self.columns[column] = f'{{ field = "{name}"' + (f", {more}" if more else "") + " }"
        return name

    def _free(self, name: str, own: bool = False) -> str:
        """The name, or one like it where it is taken; no event column is filled that nobody meant."""
        if not own and (name in EVENT_TEXTS or name in ("level", "request")):
            name += "_said"
        number, found = 1, name
        while found in self.taken:
            number += 1
            found = f"{name}{number}"
        self.taken.add(found)
        return found


def _kind(item: Item, values: Sequence[str], behind: Sequence[Item]) -> str:
    if item.kind == "word" and behind and behind[0].kind == "square" and behind[0].value.isdigit():
        return "program"
    if sum(bool(DOTTED.match(value)) for value in values) >= ENOUGH * len(values):
        return "logger"
    if sum(bool(THREAD.search(value)) for value in values) >= ENOUGH * len(values):
        return "thread"
    return "field"


def _after_request(before: Sequence[Item]) -> bool:
    """Whether a request stands just before, with nothing but marks and blanks between."""
    said = [item for item in before if item.kind not in ("blank", "mark")]
    return bool(said) and (said[-1].kind == "request" or bool(re.match(r"[A-Z]+ (?:/|http)", said[-1].value)))


def _is_address(value: str) -> bool:
    try:
        return bool(ip_address(value))
    except ValueError:
        return False


def _word(key: str) -> str:
    return re.sub(r"\W+", "_", key).strip("_") or "field"

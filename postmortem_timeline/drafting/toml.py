"""A format's file as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Draft:
    """What a drafted file will say; values of `columns` and `match` are TOML already."""

    engine: str
    kind: str = "log"
    continues: Sequence[str] = ()
    wraps: str | None = None
    layouts: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    match: Mapping[str, str] = field(default_factory=dict)
    document: Mapping[str, str] = field(default_factory=dict)
    severity: Mapping[str, int] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    samples: Sequence[tuple[str, str]] = ()  # why, text

    def text(self, name: str, title: str, names: Sequence[str]) -> str:
        """The whole file, without the events of its samples."""
        head = {"name": quoted(name), "title": quoted(title), "group": '"app"', "kind": quoted(self.kind),
                "engine": quoted(self.engine), "names": listed(names)}  # fmt: skip
        if self.continues:
            head["continues"] = listed(self.continues)
        if self.wraps:
            head["wraps"] = quoted(self.wraps)
        remarks = [
            "# A draft: read it, correct it, and check it. Samples are lines of the file that it was drafted from."
        ]
        parts = ["\n".join([*remarks, *(f"# {remark}" for remark in self.remarks)]), _pairs(head)]
        tables = {"layouts": {key: quoted(value) for key, value in self.layouts.items()}, "columns": self.columns,
                  "severity": {quoted(word): str(number) for word, number in self.severity.items()}, "match": self.match,
                  "document": self.document}  # fmt: skip
        parts += [f"[{title}]\n{_pairs(table)}" for title, table in tables.items() if table]
        parts += [f"[[samples]]\nwhy = {quoted(why)}\ntext = {block(text)}" for why, text in self.samples]
        return "\n\n".join(parts) + "\n"


def _pairs(table: Mapping[str, str]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in table.items())


def quoted(text: str) -> str:
    """A text as TOML, without escapes where that is possible."""
    return f"'{text}'" if '"' in text and _literal(text) and "'" not in text else _escaped(text)


def listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def block(text: str) -> str:
    """A text of several lines as TOML."""
    if "'''" not in text and all(_literal(line) for line in text.split("\n")):
        return f"'''\n{text}'''"
    return '"""\n' + "\n".join(_escaped(line)[1:-1] for line in text.split("\n")) + '"""'


def _literal(text: str) -> bool:
    return all(character == "\t" or character.isprintable() for character in text)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable()).replace("\x7f", "\\u007f")

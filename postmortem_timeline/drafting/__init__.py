"""Drafts a format of one's own from a sample: what it writes loads, and passes the checks that every format passes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from postmortem_timeline.drafting.structured import draft_structured
from postmortem_timeline.drafting.text import draft_text
from postmortem_timeline.drafting.toml import Draft
from postmortem_timeline.errors import FormatError, NothingReadable, UsageError
from postmortem_timeline.formats.registry import all_formats
from postmortem_timeline.ingest.decode import SAMPLE, Stream, clean
from postmortem_timeline.ingest.detect import heading
from postmortem_timeline.ingest.paths import stem_of
from postmortem_timeline.parsing.text import Text, split_lines
from postmortem_timeline.testing import check_format

MOST = 2000  # lines that are looked at
WORD = re.compile(r"\W+")


class Drafted(NamedTuple):
    """A format's file, and in a sentence what it is."""

    text: str
    said: str


def draft(path: str | Path, name: str | None = None) -> Drafted:
    """A format for the file at `path`. Raises UsageError where it holds nothing that a format could be made of."""
    path = Path(path)
    if not path.is_file():
        raise NothingReadable(f"{path} is no file; give one file, unpacked or compressed")
    stream = Stream(path)
    data = clean(next(stream.pieces(SAMPLE), b""))
    if stream.binary or not data.strip():
        raise UsageError(
            f"{path} is {'binary' if stream.binary else stream.broken or 'empty'}: no format can be drafted"
        )
    stem = stem_of(path.name)
    called, why = _name(name or stem), "no line of it holds a time that is known"
    for one in _drafts(data):
        text = one.text(called, f"{stem} (drafted)", [f"{stem}*"])
        try:
            return Drafted(_checked(text), _said(one))
        except (AssertionError, FormatError) as error:
            why = str(error).splitlines()[0]
    raise UsageError(f"{path}: no format can be drafted: {why}")


def _drafts(data: bytes) -> Iterator[Draft]:
    """What may be made of a file, the most particular first."""
    whole = data[: data.rfind(b"\n") + 1] or data
    lines = split_lines(Text.of(whole))
    lines = lines.take(np.flatnonzero(~lines.blank())[:MOST])
    if structured := draft_structured(data, lines, *heading(lines)):
        yield structured
    texts = [
        lines.text.slice(a, b).decode("utf-8", "replace")
        for a, b in zip(lines.start.tolist(), lines.end.tolist(), strict=True)
    ]
    for plain in (False, True):
        if found := draft_text(lines, texts, plain):
            yield found
            if len(found.samples) > 1:
                yield replace(found, layouts=dict([*found.layouts.items()][:1]), samples=found.samples[:1])


def _checked(text: str) -> str:
    """The file with the events of its samples. Raises AssertionError where it would not pass as a format of ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.toml"
        path.write_text(text, encoding="utf-8")
        check_format(path, regen=True)
        check_format(path)
        return path.read_text(encoding="utf-8")


def _name(wanted: str) -> str:
    name = WORD.sub("_", wanted.lower()).strip("_") or "own"
    taken = {one.name for one in all_formats()}
    return f"my_{name}" if name in taken or not name[0].isalpha() else name


def _said(one: Draft) -> str:
    columns = ", ".join(one.columns)
    what = (
        f"{len(one.layouts)} layouts"
        if len(one.layouts) > 1
        else "one layout"
        if one.layouts
        else f"engine {one.engine}"
    )
    return "; ".join([f"{what}, columns {columns}", *one.remarks])

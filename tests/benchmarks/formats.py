"""How fast each line-oriented format is read and digested, beside the combined access log in the same run.

    python -m tests.benchmarks.formats [NAME ...] [--mb 3] [--write]

Each format's own samples are repeated to a few megabytes with moving fractions of numbers, so that stamps to the
millisecond differ from line to line. Measured is CPU time of one thread, detection and digest together. `--write` puts
the table into docs/speed.md.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postmortem_timeline.digesting import digest_paths
from postmortem_timeline.formats import registry
from postmortem_timeline.formats.model import Format

PAGE = Path(__file__).parents[2] / "docs" / "speed.md"
BESIDE = "combined_access"
FRACTION = re.compile(r"(?<=\d[.,])\d{3,9}(?!\d)")


@dataclass(frozen=True)
class Speed:
    """`mb_s` of one format; `ratio` to that of the combined access log measured next to it."""

    format: Format
    read_as: str
    mb_s: float
    ratio: float


def grown(fmt: Format, size: int) -> str:
    """The longest of a format's samples, repeated; what heads a table or a W3C log stands once."""
    text = max((sample.text for sample in fmt.samples), key=lambda text: text.count("\n")).strip("\n")
    lines = text.split("\n")
    if fmt.engine == "delimited" and not fmt.match.get("fields"):
        head, body = lines[:1], lines[1:]
    elif fmt.engine == "w3c":
        head, body = [line for line in lines if line.startswith("#")], [line for line in lines if line[:1] != "#"]
    else:
        head, body = [], lines
    piece = "\n".join(body) + "\n"
    times = max(size // max(len(piece.encode()), 1), 1)
    moved = (FRACTION.sub(lambda found, i=i: f"{i:09d}"[-len(found[0]):], piece) for i in range(times))
    return "\n".join([*head, ""] if head else []) + "".join(moved)


def measured(path: Path) -> tuple[float, str]:
    """MB a CPU second, and what the file was read as."""
    begin = time.process_time()
    found = digest_paths([str(path)], threads=1)
    spent = time.process_time() - begin
    return path.stat().st_size / 1e6 / spent, str(found.entries[0].format)


def speeds(formats: list[Format], size: int) -> Iterator[Speed]:
    """One format after the other; the combined access log is measured again every ten."""
    with tempfile.TemporaryDirectory() as folder:
        beside, path = Path(folder) / "beside.log", Path(folder) / "records.log"
        beside.write_text(grown(registry.known().by_name[BESIDE], size), encoding="utf-8")
        measured(beside)
        for place, fmt in enumerate(formats):
            if place % 10 == 0:
                usual, _ = measured(beside)
            path.write_text(grown(fmt, size), encoding="utf-8")
            mb_s, read_as = measured(path)
            yield Speed(fmt, read_as, mb_s, mb_s / usual)


def table(found: list[Speed]) -> str:
    """Markdown, the slowest first."""
    rows = [
        f"| `{one.format.name}` | {registry.READ_AS[one.format.engine]} | `{one.read_as}` | {one.mb_s:.1f} | {one.ratio:.2f} |"
        for one in sorted(found, key=lambda one: (one.ratio, one.format.name))
    ]
    return "\n".join(["| format | read as | detected as | MB/s | beside |", "|---|---|---|---|---|", *rows]) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", metavar="NAME")
    options.add_argument("--mb", type=float, default=3.0)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    formats = [fmt for fmt in registry.declared() if fmt.samples and (not given.names or fmt.name in given.names)]
    found = []
    for one in speeds(formats, int(given.mb * 1e6)):
        found.append(one)
        print(f"{one.format.name:32}{one.format.engine:12}{one.mb_s:8.1f} MB/s {one.ratio:6.2f}  {one.read_as}", flush=True)
    print(f"{sum(one.ratio >= 1 / 3 for one in found)} of {len(found)} at a third of {BESIDE} or more")
    if given.write:
        head, mark, _ = PAGE.read_text(encoding="utf-8").partition("<!-- table -->\n")
        PAGE.write_text(f"{head}{mark}\n{table(found)}", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Run a program and tell how long it took and how much memory it held at its peak."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, peak {self.peak_mb:.0f} MB"


def timed(command: Sequence[str], *, output: Path, env: Mapping[str, str] | None = None) -> Run:
    """One run; standard output goes to a file, a failure ends the benchmark with what was said."""
    errors = output.with_suffix(".stderr")
    with output.open("wb") as out, errors.open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **(env or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}\nended with {process.returncode}\n{errors.read_text(errors='replace')}")
    return Run(seconds, usage.ru_maxrss / 1024)

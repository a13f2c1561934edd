"""Peak memory and time of `read` on an access log of a million lines, each in a process of its own.

python -m tests.benchmarks.read_memory ACCESS_LOG [--lines 1000000]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from tests.benchmarks.grow import LINE, _lines

READ = """
import json, resource, sys, time
import postmortem_timeline as pt
import pandas, pyarrow
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
imports, start = peak(), time.perf_counter()
events = pt.read(sys.argv[1])
read, seconds = peak(), time.perf_counter() - start
start = time.perf_counter()
ordered = events.sort_values(["timestamp", "source", "line", "ordinal"], kind="stable")
print(json.dumps({
    "events": len(events), "seconds": round(seconds, 2), "sort_seconds": round(time.perf_counter() - start, 2),
    "peak_mb": round(read), "imports_mb": round(imports), "frame_mb": round(events.memory_usage(deep=True).sum() / 2**20),
    "columns_mb": {c: round(n / 2**20, 1) for c, n in events.memory_usage(deep=True).items() if n > 2**20},
}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path, help="any log in the combined format")
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        access = Path(folder, "access.log")
        shapes = [
            m.groups() for line in options.log.read_text(errors="replace").splitlines() if (m := LINE.match(line))
        ]
        with access.open("w") as file:
            file.writelines(line for *_, line in islice(_lines(shapes), options.lines))
        print(f"{options.lines:,} lines, {access.stat().st_size / 2**20:.0f} MiB")
        done = subprocess.run([sys.executable, "-c", READ, str(access)], capture_output=True, text=True)
        print(json.dumps(json.loads(done.stdout), indent=2) if not done.returncode else done.stderr)
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()

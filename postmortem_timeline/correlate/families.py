"""The log that a file is a part of: rotated, compressed and per-minute files of one program are one voice."""

from __future__ import annotations

import re
from functools import lru_cache

import pandas as pd

COMPRESSED = re.compile(r"\.(?:gz|zst|bz2|xz|lz4|zip)$", re.IGNORECASE)
DATE = r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:[0-2]\d|3[01])"
CLOCK = r"(?:[T_.-]?[0-2]\d(?:[-_.:]?[0-5]\d){0,2})?"
ROTATED = re.compile(rf"(?:[-_.]{DATE}{CLOCK}|\.\d{{1,4}}|\.(?:old|prev|previous|bak))$")
DATED = re.compile(rf"[-_.]{DATE}{CLOCK}(?=\.[A-Za-z]+$)")  # before the ending: postgresql-2025-07-15_000000.log
STAMPED = re.compile(rf"^(?:{DATE}{CLOCK}|[0-2]\d[-_.][0-5]\d(?:[-_.][0-5]\d)?)[-_.](?=\D)")


@lru_cache(maxsize=65536)
def family(source: str) -> str:
    """`web-1/access.log` for `web-1/access.log.2.gz`, `web-1/access.log-20250715` and `web-1/2025-07-15-access.log`."""
    folder, slash, name = source.rpartition("/")
    bare = COMPRESSED.sub("", name)
    while (shorter := ROTATED.sub("", bare)) != bare and shorter:
        bare = COMPRESSED.sub("", shorter)
    return folder + slash + STAMPED.sub("", DATED.sub("", bare))


def beginnings(sources: pd.DataFrame) -> dict[str, int]:
    """Where each source's log begins (ns): a rotated file knows what the files before it say."""
    seen = sources[sources["first_ns"] >= 0]
    begins = seen.groupby(seen["source"].astype(str).map(family))["first_ns"].min()
    return {name: int(begins[family(name)]) for name in seen["source"].astype(str)}

"""What is subtracted from a source's stamps: a constant, or a line where its clock drifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

HOUR_S = 3600.0


@dataclass(frozen=True)
class Shift:
    """Nanoseconds that stamps are ahead by at the true time `at`, and by how many seconds more each hour."""

    ns: int
    drift: float = 0.0  # seconds an hour
    at: int = 0

    def __bool__(self) -> bool:
        return bool(self.ns or self.drift)

    def of_stamped(self, stamped: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """What to subtract from each stamp."""
        rate = self.drift / HOUR_S
        return self._line(stamped - self.at - self.ns, rate / (1 + rate))

    def stamped(self, true: int) -> int:
        """What the clock showed at a true time."""
        return true + int(self._line(np.array([true - self.at], np.int64), self.drift / HOUR_S)[0])

    def _line(self, since: npt.NDArray[np.int64], rate: float) -> npt.NDArray[np.int64]:
        if not rate:
            return np.full(len(since), self.ns, np.int64)
        return self.ns + np.rint(since * rate).astype(np.int64)


NONE = Shift(0)


def by_source(sources: Any, stamped: npt.NDArray[np.int64], shifts: Any) -> npt.NDArray[np.int64]:
    """What to subtract from each of some stamps, which `sources` (a column of names) are from."""
    by = np.zeros(len(stamped), np.int64)
    for source in sorted(set(sources.unique()) & set(shifts)):
        mine = (sources == source).to_numpy()
        by[mine] = shifts[source].of_stamped(stamped[mine])
    return by

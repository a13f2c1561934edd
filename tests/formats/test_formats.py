"""One test for all declarative formats: a new one is a file beside the others, and nothing here."""

from __future__ import annotations

from pathlib import Path

import pytest

from postmortem_timeline import formats
from postmortem_timeline.testing import check_format

PATHS = sorted(Path(formats.__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_format(path: Path, regen: bool) -> None:
    check_format(path, regen=regen)

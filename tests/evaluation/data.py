"""Where the data for research lies; it stays outside the repository, and suites that need it are skipped without it."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"
SHARED = Path(os.environ.get("PMT_EVALUATION_DATA", REPOSITORY.parent / "shared" / "data"))

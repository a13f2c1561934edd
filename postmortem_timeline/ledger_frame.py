"""The evidence ledger as a frame that a notebook shows in its own words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from postmortem_timeline.views.notebook import ledger_html


class Ledger(pd.DataFrame):
    """One row a source: what became of its lines. What is taken from it is a plain frame again."""

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        return ledger_html(self.to_dict("records"))

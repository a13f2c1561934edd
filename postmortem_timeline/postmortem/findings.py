"""What a check reports: a code, a line, what is wrong and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """A finding at a line of the Markdown (0: of the document as a whole)."""

    line: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")

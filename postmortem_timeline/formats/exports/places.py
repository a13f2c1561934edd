"""The lines on which places in a text stand."""

from __future__ import annotations


class Places:
    """Counts lines up to places that come in order, each line end once."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.number = text, 0, 1

    def line(self, place: int) -> int:
        """The physical line of a place, from 1."""
        if place < self.at:
            self.at, self.number = 0, 1
        self.number += self.text.count("\n", self.at, place)
        self.at = place
        return self.number

"""Names in a Mermaid chart."""

from __future__ import annotations

import pytest

from postmortem_timeline.postmortem.exports import _plain


@pytest.mark.parametrize(
    "name",
    ["call to the database failed", "Title of the page changed", "section 5 is down", "2025-11-17 began", "click failed", "topAxis"],
)
def test_a_name_that_begins_like_a_statement_is_none(name):
    assert _plain(name) == f"- {name}"


@pytest.mark.parametrize("name", ["caller timed out", "entitled users", "sections differ", "20251117 began"])
def test_other_names_stay(name):
    assert _plain(name) == name

"""gRPC's codes, however they are written."""

from __future__ import annotations

import pytest

from postmortem_timeline.parsing.grpc import status_of


@pytest.mark.parametrize(
    ("code", "status"),
    [("OK", 200), ("NotFound", 404), ("NOT_FOUND", 404), ("Canceled", 499), (14, 503), ("14", 503), (17, None), ("", None), ("fine", None)],
)
def test_a_code_stands_for_a_status(code: object, status: int | None) -> None:
    assert status_of(code) == status

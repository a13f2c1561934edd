"""Options of all tests."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regen", action="store_true", help="write the expected events of samples anew (refused in CI)")


@pytest.fixture
def regen(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are written instead of compared."""
    wanted = bool(request.config.getoption("--regen"))
    if wanted and os.environ.get("CI"):
        pytest.fail("--regen is for people: what CI finds different is a failure")
    return wanted

"""Options of all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

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


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """built(folder of a fixture) -> the folder of its build, made once a session: read it, change nothing."""
    outputs: dict[Path, Path] = {}

    def build(case: Path) -> Path:
        from postmortem_timeline import build_timeline

        if case not in outputs:
            outputs[case] = tmp_path_factory.mktemp(case.name)
            build_timeline(case / "exports").save(outputs[case])
        return outputs[case]

    return build

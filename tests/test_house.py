"""The house stands as the design draws it: floors, face, fixed names, declared dependencies."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import postmortem_timeline

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "postmortem_timeline"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ("pandas", "numpy", "pyarrow", "dask", "matplotlib")
IMPORT_NAMES = {"python-dateutil": "dateutil"}  # where a distribution is not named like its module
WITHOUT_IMPORT = {"tzdata"}  # data that zoneinfo finds by itself


def loaded(code: str) -> set[str]:
    """The top-level modules that a fresh process has loaded after `code`."""
    code += "\nimport sys, json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """All modules that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


def on_floor(path: Path, *floors: str) -> bool:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py") in floors


def is_cli(module: str) -> bool:
    return f"{module}.".startswith("postmortem_timeline.cli.")


# What must not happen


def test_only_the_cli_uses_the_face():
    """The layer contract does not see an import from the root, which is on no floor."""
    others = [path for path in sources() if not on_floor(path, "cli")]
    assert [str(path) for path in others if "postmortem_timeline" in imports(path)] == []


def test_nobody_imports_the_cli():
    others = [path for path in sources() if not on_floor(path, "cli", "__main__")]
    assert [str(path) for path in others if any(is_cli(name) for name in imports(path))] == []


def test_the_face_loads_nothing_heavy():
    assert not loaded("import postmortem_timeline").intersection(HEAVY)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["build", "--help"], ["formats", "try", "--help"]])
def test_help_loads_nothing_heavy(arguments):
    code = f"from postmortem_timeline.cli import main\nmain({arguments}, standalone_mode=False)"
    assert not loaded(code).intersection(HEAVY)


def test_light_floors_leave_pandas_out():
    """`inspect`, `formats`, `show` and `check` start without it; `pyarrow.dataset` would bring it in."""
    light = ("annotations", "digest", "formats", "incident", "ingest", "parsing", "postmortem", "redact", "views")
    paths = [path for path in sources() if on_floor(path, *light)]
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert "pandas" not in loaded("\n".join(f"import {name}" for name in modules))


# What must


def test_imports_point_down(capsys):
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, capsys.readouterr().out


def test_every_public_name_is_there():
    assert {name for name in postmortem_timeline.__all__ if getattr(postmortem_timeline, name, None) is None} == set()


def test_public_names():
    assert set(postmortem_timeline.__all__) == {
        "Archive", "Timeline", "__version__", "build_timeline", "errors", "inspect", "patterns", "read", "report", "show",
    }  # fmt: skip


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = postmortem_timeline.nothing


@pytest.mark.parametrize("name", ["annotations", "errors", "frame", "incident"])
def test_modules_are_not_hidden_by_the_face(name):
    """`from __future__ import annotations` in the face would hide the module of that name."""
    code = f"from postmortem_timeline import {name}; assert {name}.__name__ == 'postmortem_timeline.{name}'"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_verbs():
    from postmortem_timeline.cli import main

    verbs = ["demo", "inspect", "parse", "build", "show", "explain", "report", "check", "archive", "similar", "formats"]
    assert list(main.commands) == verbs


def test_event_columns():
    from postmortem_timeline.frame import EVENT_SCHEMA

    assert EVENT_SCHEMA.names == [
        "timestamp", "stamp", "kind", "severity_number", "severity_text", "service", "host", "actor", "body", "action",
        "status_code", "duration_ms", "endpoint", "user", "client", "value", "trace_id", "correlation_key",
        "attributes", "format", "source", "line", "ordinal", "time_quality", "copy_of",
    ]  # fmt: skip


def test_timeline_columns():
    from postmortem_timeline.frame import TIMELINE_COLUMNS

    assert TIMELINE_COLUMNS == (
        "start", "end", "kind", "phase", "severity_number", "service", "actor", "summary", "count", "reason", "score",
        "citations", "sources",
    )  # fmt: skip


def test_marks():
    from postmortem_timeline.incident import MARKS

    assert set(MARKS) == {
        "changed", "onset", "impact_start", "detected", "alerted", "acknowledged", "declared", "identified",
        "mitigated", "resolved", "closed", "first_public_update",
    }  # fmt: skip


def test_dependencies_are_those_imported():
    def names(requirements: list[str]) -> set[str]:
        found = {re.split(r"[ ;\[<>=]", requirement)[0] for requirement in requirements}
        return {IMPORT_NAMES.get(name, name) for name in found - WITHOUT_IMPORT}

    used = {name.partition(".")[0] for path in sources() for name in imports(path)}
    foreign = used - sys.stdlib_module_names - {"postmortem_timeline"}
    extras = names(PROJECT["project"]["optional-dependencies"]["notebook"])
    assert foreign - extras == names(PROJECT["project"]["dependencies"])


def test_entry_points_lead_somewhere():
    for target in PROJECT["project"]["scripts"].values():
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))

"""The folder is the list, and plug-ins join it by entry point."""

from __future__ import annotations

import importlib.metadata
import sys
from types import ModuleType, SimpleNamespace

import pytest

from postmortem_timeline.errors import FormatError
from postmortem_timeline.formats import registry
from postmortem_timeline.formats.declaration import GROUPS

ACME = 'name = "%s"\ngroup = "app"\nkind = "log"\nengine = "dissect"\n[layouts]\nline = "ACME {body}"\n'


@pytest.fixture
def plug_in(tmp_path, monkeypatch):
    """Installs a package with one format file of the given name."""

    def install(name: str) -> None:
        module = ModuleType("acme_formats")
        module.__file__ = str(tmp_path / "__init__.py")
        (tmp_path / "acme.toml").write_text(ACME % name, encoding="utf-8")
        point = SimpleNamespace(name="acme", load=lambda: module)
        monkeypatch.setitem(sys.modules, "acme_formats", module)
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point] if "formats" in group else [])
        registry.bundled.cache_clear()

    yield install
    registry.bundled.cache_clear()


def test_a_name_that_is_taken_is_refused(plug_in):
    plug_in("nginx_error")
    with pytest.raises(
        FormatError, match=r'acme.toml: name "nginx_error" is taken by nginx_error.toml; choose another'
    ):
        registry.declared()


def test_a_plug_in_joins_the_others(plug_in):
    plug_in("acme")
    assert [fmt.path for fmt in registry.declared() if fmt.name == "acme"] == ["acme.toml"]
    assert [fmt.name for fmt in registry.declared()] == sorted(fmt.name for fmt in registry.declared())


def test_all_formats_are_declared_ones_and_exports():
    known = registry.all_formats()
    assert {one.name for one in known} == {f.name for f in registry.declared()} | {m.NAME for m in registry.exports()}
    assert all(one.title and one.group in GROUPS and one.kind and one.engine and one.samples for one in known)
    assert [(one.group, one.name) for one in known] == sorted((one.group, one.name) for one in known)


def test_a_file_is_named_like_its_format():
    assert [fmt.path for fmt in registry.declared() if fmt.path != f"{fmt.name}.toml"] == []


def test_a_chain_speaks_by_its_innermost_part():
    assert registry.service_of("syslog_rfc3164>postgresql_stderr") == "postgresql"
    assert registry.service_of("syslog_rfc3164") is None
    assert registry.tier_of("cri>combined_access") == "edge"

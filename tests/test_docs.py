"""The documents say what is so: nothing missing, nothing stale, no link into the void."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from postmortem_timeline import annotations, incident
from postmortem_timeline.cli import main
from postmortem_timeline.demo import write_exports
from postmortem_timeline.formats.registry import READ_AS, all_formats
from postmortem_timeline.ingest.engines import GENERIC
from postmortem_timeline.ingest.inferred import NAMES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), ROOT / "tests/benchmarks/README.md"])
LINK = re.compile(r"\]\((?!https?://)([^)#]+)[^)]*\)")

REFERENCE_HEAD = """\
# The command line

`pmt` and `postmortem-timeline` are the same program. Exit status: 0 done, 1 a check failed, 2 bad usage or nothing
readable, 3 our own fault. A PATH is a file, a folder, an archive, or `-` for standard input.

Written from the commands themselves by `pytest --regen -k reference`.
"""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def reference() -> str:
    """Written from names and help texts, not from click's own layout, which changes between its versions."""
    return REFERENCE_HEAD + "".join(section(path, command) for path, command in commands(main, "pmt"))


def section(path: str, command: click.Command) -> str:
    arguments = [p.metavar or str(p.name).upper() for p in command.params if isinstance(p, click.Argument)]
    said = re.sub(r"[ ]*\n[ ]*", "\n", command.help or "").strip()
    options = "".join(f"- {option_line(p)}\n" for p in command.params if isinstance(p, click.Option))
    return f"\n## {' '.join([path, *arguments])}\n\n{said}\n" + (f"\n{options}" if options else "")


def option_line(option: click.Option) -> str:
    takes = f" {option.metavar or option.type.name.upper()}" if not option.is_flag else ""
    return f"`{', '.join(option.opts)}{takes}`: {option.help}" + (" Required." if option.required else "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_command_reference_is_that_of_the_commands(regen):
    page = DOCS / "cli.md"
    if regen:
        page.write_text(reference(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == reference(), "pytest --regen -k reference"


def catalogue() -> str:
    rows = []
    for one in all_formats():
        product = f"[{one.title}]({one.url})" if one.url else one.title
        cells = (one.group, f"`{one.name}`", product, READ_AS[one.engine], one.kind, str(len(one.samples)))
        rows.append(f"| {' | '.join(cells)} |")
    head = ["| group | name | product | read as | kind | samples |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def test_the_catalogue_is_that_of_the_formats(regen):
    page, begin = DOCS / "formats.md", "## All formats\n\n"
    text, found, listed = page.read_text(encoding="utf-8").partition(begin)
    if regen:
        page.write_text(text + begin + catalogue(), encoding="utf-8")
        listed = catalogue()
    assert found and listed == catalogue(), "pytest --regen -k catalogue"


def test_every_command_and_option_has_a_help():
    described = [*commands(main, "pmt")]
    described += [
        (f"{path} {p.name}", p) for path, command in described for p in command.params if p.param_type_name == "option"
    ]
    assert [path for path, thing in described if not thing.help] == []


def test_the_example_of_annotations_is_valid():
    (example,) = blocks(DOCS / "incident-toml.md", "toml")
    assert annotations.load(tomllib.loads(example)).title


def test_every_key_of_annotations_is_described():
    page = (DOCS / "incident-toml.md").read_text(encoding="utf-8")
    rows = {re.match(r"\w+", row)[0] for row in re.findall(r"^\| `(\w[^`]*)`", page, flags=re.M)}
    assert rows == set(annotations.Annotations.__struct_fields__)


def test_every_mark_is_described():
    page = (DOCS / "measures.md").read_text(encoding="utf-8")
    assert [mark for mark in incident.MARKS if f"`{mark}`" not in page] == []


def test_every_verb_is_in_the_readme():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in main.commands if f"pmt {verb}" not in page] == []


def test_the_readme_leads_with_commands_that_ci_runs():
    """`.ci/run` takes them from here by how they begin."""
    lines = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines()]
    assert lines[0].startswith("python3 -m venv .venv && ") and lines[0].endswith("pmt demo")
    assert sum("python -m pytest" in line for line in lines) == 1


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Path:
    """Where the documents' examples find `my-exports/`."""
    folder = tmp_path_factory.mktemp("docs")
    write_exports(folder / "my-exports")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_blocks_run(page, exports, monkeypatch):
    monkeypatch.chdir(exports)
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_console_blocks_run(page, exports, monkeypatch):
    monkeypatch.chdir(exports)
    lines = [line for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ pmt ")]
    for line in lines:
        result = CliRunner().invoke(main, shlex.split(line.removeprefix("$ pmt "), comments=True))
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_the_catalogue_of_kinds_names_formats_that_exist() -> None:
    known = {one.name for one in all_formats()} | {GENERIC.name, *NAMES.values()}
    table = [line.split(" | ") for line in (DOCS / "catalogue.md").read_text().splitlines() if line.startswith("| `")]
    named = {(row[0], name) for row in table for name in re.findall(r"`([^`]+)`", row[4])}
    assert not {(kind, name) for kind, name in named if name not in known}
    assert all(re.findall("`", row[4]) for row in table if row[3] in ("done", "merged")) and len(table) > 480

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from postmortem_timeline.cli import main
from postmortem_timeline.errors import UsageError
from postmortem_timeline.postmortem import check_settings, checking
from postmortem_timeline.postmortem.findings import Finding, as_github

TEXT = "# Outage\n\n## Impact\n\nTODO\n\n## Cause\n\nHuman error, from 10:00 to 11:00 (30 minutes).\n"
DOCS = Path(__file__).parents[2] / "docs" / "check.md"
SOURCES = Path(check_settings.__file__).parent


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    path = tmp_path / "docs" / "outage.md"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def codes(page: Path, **more) -> list[tuple[str, str]]:
    (findings,) = checking.checked([str(page)], **more).values()
    return [(one.code, one.severity) for one in findings]


ALL = [("empty-section", "error"), ("blame", "error"), ("duration", "error")]


def test_without_settings_everything_is_an_error(page):
    assert codes(page) == ALL


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pmt.toml", '[check]\nignore = ["blame"]\nwarn = ["duration"]\n'),
        ("pyproject.toml", '[tool.pmt.check]\nignore = ["blame"]\nwarn = ["duration"]\n'),
        ("pmt.toml", '[check]\nwarn = ["duration"]\n[check.per-file-ignores]\n"*/outage.md" = ["blame"]\n'),
    ],
)
def test_settings_above_the_document(page, name, text):
    (page.parents[1] / name).write_text(text, encoding="utf-8")
    assert codes(page) == [("empty-section", "error"), ("duration", "warning")]


def test_settings_outside_of_the_repository_are_not_ours(page):
    (page.parents[1] / "docs" / ".git").mkdir()
    (page.parents[1] / "pmt.toml").write_text('[check]\nignore = ["blame"]\n', encoding="utf-8")
    assert codes(page) == ALL


def test_the_command_line_adds_to_them(page):
    assert codes(page, ignore=["blame", "duration"], warn=["empty-section"]) == [("empty-section", "warning")]


@pytest.mark.parametrize("comment", ["<!-- pmt check: ignore blame, duration -->", "<!-- pmt check: ignore -->"])
def test_a_comment_speaks_for_its_line_and_the_next(page, comment):
    page.write_text(TEXT.replace("Human error", f"{comment}\nHuman error"), encoding="utf-8")
    assert codes(page) == ALL[:1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[check]\nignore = ["blamed"]\n', 'did you mean "blame"'),
        ("[check]\nignored = []\n", 'unknown key "ignored"'),
        ("[check", "cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_told(page, text, said):
    (page.parents[1] / "pmt.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        codes(page)


def run(*arguments: str):
    return CliRunner().invoke(main, ["check", *arguments])


def test_exit_status_and_forms(page):
    assert run(str(page)).exit_code == 1
    warned = run(str(page), "--warn", "blame", "--warn", "duration", "--warn", "empty-section")
    assert warned.exit_code == 0 and "blame (1, warning)" in warned.output
    rows = json.loads(run(str(page), "--format", "json").output)
    assert [(row["line"], row["code"]) for row in rows] == [(3, "empty-section"), (9, "blame"), (9, "duration")]
    assert run(str(page), "--ignore", "nothing").exit_code == 2


def test_github_annotations_name_file_and_line(page):
    lines = run(str(page), "--format", "github").output.splitlines()
    assert len(lines) == 3 and all(line.startswith(f"::error file={page},line=") for line in lines)


def test_nothing_breaks_out_of_an_annotation():
    found = {"a,b.md": [Finding(2, "blame", "50%\n::error::x", "mend: it")]}
    assert as_github(found) == "::error file=a%2Cb.md,line=2,title=pmt check%3A blame::50%25%0A::error::x; mend: it"


def test_several_files_are_told_apart(page):
    other = page.with_name("fine.md")
    other.write_text("# Fine\n\nAll is said.\n", encoding="utf-8")
    assert f"{other}: Nothing is missing." in run(str(page), str(other)).output


def test_what_is_no_text_is_told(page):
    page.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in run(str(page)).output


def test_every_code_is_known_and_described():
    used = {
        code
        for path in SOURCES.glob("*.py")
        if "Finding(" in path.read_text(encoding="utf-8")
        for code in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', path.read_text(encoding="utf-8"))
    }
    assert set(check_settings.CODES) <= used
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", DOCS.read_text(encoding="utf-8"), flags=re.M))
    assert rows == set(check_settings.CODES)

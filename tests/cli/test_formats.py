"""`pmt formats`: what is known, and how each format sees a file."""

from __future__ import annotations

from click.testing import CliRunner

from postmortem_timeline.cli import main

LINE = '203.0.113.9 - - [15/Jul/2025:17:42:03 +0200] "GET /\x1b[31m HTTP/1.1" {} 162\n'


def run(*arguments: str) -> list[str]:
    result = CliRunner().invoke(main, ["formats", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_a_file_that_is_not_there_is_bad_usage() -> None:
    result = CliRunner().invoke(main, ["formats", "try", "nowhere.log"])
    assert result.exit_code == 2
    assert "nowhere.log" in result.stderr


def test_the_list_names_every_format_by_group() -> None:
    lines = run()
    assert lines == run("list")
    assert lines.index("access") < next(i for i, line in enumerate(lines) if line.startswith("  nginx_error "))


def test_the_best_stands_first_with_its_reason(tmp_path) -> None:
    (tmp_path / "x").write_text(LINE.format(200) + LINE.format("OK"), encoding="utf-8")
    head, best, why, *_ = run("try", str(tmp_path / "x"))
    assert head.split() == ["format", "confidence", "matched"]
    assert best.split() == ["combined_access", "0.50", "50%"]
    assert why.startswith("    common 1 of 2; 1 stop in ") and "\x1b" not in why

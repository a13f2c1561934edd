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


def test_the_list_fits_a_narrow_terminal(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run()
    assert max(map(len, lines)) <= 80
    nginx = next(line for line in lines if line.startswith("  nginx_error "))
    assert nginx.split()[1:-1] == ["nginx", "error", "log", "lines"] and int(nginx.split()[-1]) >= 10
    assert lines[-1].endswith("`pmt formats show NAME` says more of one")


def test_one_is_shown_with_its_layouts_and_columns() -> None:
    said = run("show", "combined_access")
    assert said[0].startswith("Common and combined access log")
    assert any(line.startswith("  combined: {client} ") for line in said)
    assert any(line.startswith('  timestamp = timestamp as "%d/%b/%Y') for line in said)
    assert "read as a document" in "\n".join(run("show", "slack"))
    wrong = CliRunner().invoke(main, ["formats", "show", "nginx_eror"])
    assert wrong.exit_code == 2 and "no format is called nginx_eror; is nginx_error" in wrong.stderr


def test_only_the_nearest_are_shown_and_the_rest_counted(tmp_path) -> None:
    (tmp_path / "x").write_text(LINE.format(200) * 3, encoding="utf-8")
    lines = run("try", str(tmp_path / "x"))
    assert len(lines) < 20 and lines[-1].endswith("more formats match nothing and stop earlier; --all shows them")


def test_own_formats_are_tried_listed_and_shown(tmp_path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "till"\ntitle = "Our till"\ngroup = "app"\nkind = "log"\nengine = "dissect"\n'
        "[layouts]\nline = '{timestamp} till {body}'\n"
        '[columns]\ntimestamp = { field = "timestamp", format = "%F %T" }\n',
        encoding="utf-8",
    )
    (tmp_path / "x.log").write_text("2025-07-15 17:42:03 till opened\n" * 3, encoding="utf-8")
    assert run("try", str(tmp_path / "x.log"), "--formats", str(own))[1].split() == ["till", "1.00", "100%"]
    assert any(line.startswith("  till ") for line in run("list", "--formats", str(own)))
    assert run("show", "till", "--formats", str(own))[0] == "Our till"
    assert not any(line.startswith("  till ") for line in run("list"))
    verbs = (["inspect"], ["parse", "-o", str(tmp_path / "out.csv")], ["build", "-o", str(tmp_path / "out")])
    for verb, *options in verbs:
        done = CliRunner().invoke(main, [verb, str(tmp_path / "x.log"), *options, "--formats", str(own)])
        assert done.exit_code == 0, done.output
    assert "till" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    refused = CliRunner().invoke(main, ["inspect", str(tmp_path), "--formats", str(own)])
    assert refused.exit_code == 2 and "lies in the evidence" in refused.stderr

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from postmortem_timeline.errors import NothingReadable
from postmortem_timeline.ingest.discover import discover
from postmortem_timeline.ingest.source import Source, Workspace
from tests.ingest.archiving import tar_of, zip_of

LINE = b"2025-07-15 17:42:03,123 - auth - ERROR - token expired\n"


@pytest.fixture
def find():  # type: ignore[no-untyped-def]
    with Workspace() as workspace:
        yield lambda *paths: discover([str(p) for p in paths], workspace)


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE)
    return root


def skipped(sources: list[Source]) -> dict[str, str]:
    return {s.name: s.skipped for s in sources if s.skipped}


def read(sources: list[Source]) -> list[str]:
    return [s.name for s in sources if not s.skipped]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("shot.png", "a picture", id="a picture"),
        pytest.param("book.xlsx", "document", id="a spreadsheet, though a zip inside"),
        pytest.param("incident.toml", "--annotations", id="annotations"),
        pytest.param(".git/HEAD", "a tool's own folder", id="a repository's folder"),
        pytest.param("node_modules/x/log.txt", "a tool's own folder", id="packages"),
    ],
)
def test_is_passed_over_with_a_reason(name: str, reason: str, tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "app.log", name)
    sources = find(tmp_path)
    assert read(sources) == ["app.log"]
    assert [reason in said for said in skipped(sources).values()] == [True]


def test_output_of_an_earlier_build(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "app.log", "out/incident.json", "out/timeline.parquet", "out/report.html", "near/incident.json")
    sources = find(tmp_path)
    assert read(sources) == ["app.log", "near/incident.json"]
    assert skipped(sources) == {"out": "output of an earlier build"}


def test_a_build_into_the_folder_of_the_exports_hides_none_of_them(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    ours = ("incident.json", "timeline.parquet", "timeline.csv", "evidence.parquet", "report.html", "postmortem.md")
    tree(tmp_path, "app.log", "web-1/access.log", *ours, "timeline.mmd")
    sources = find(tmp_path)
    assert read(sources) == ["app.log", "web-1/access.log"]
    assert skipped(sources) == {".": "output of an earlier build"}


def test_a_loop_of_links_ends(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "a/app.log")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    sources = find(tmp_path)
    assert read(sources) == ["a/app.log"]
    assert skipped(sources)["a/again"] == "a link back to a folder that is read already"
    assert "cannot be opened" in skipped(sources)["self"]


def test_a_link_to_nothing_is_told(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "app.log")
    (tmp_path / "gone.log").symlink_to(tmp_path / "nowhere")
    assert "cannot be opened: No such file" in skipped(find(tmp_path))["gone.log"]


def test_a_pipe_is_not_waited_for(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    os.mkfifo(tree(tmp_path, "app.log") / "pipe")
    assert skipped(find(tmp_path)) == {"pipe": "not a regular file"}


def test_a_file_without_permission(tmp_path: Path, find, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "app.log", "secret.log")
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: allowed(path, mode) and Path(path).name != "secret.log")
    sources = find(tmp_path)
    assert read(sources) == ["app.log"]
    assert skipped(sources) == {"secret.log": "no permission to read it"}


def test_a_folder_without_permission(tmp_path: Path, find, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "app.log", "closed/x.log")
    listing = os.scandir

    def refuse(path):  # type: ignore[no-untyped-def]
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", refuse)
    sources = find(tmp_path)
    assert read(sources) == ["app.log"]
    assert skipped(sources) == {"closed": "cannot be opened: Permission denied"}


def test_what_is_not_there_is_misuse(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NothingReadable, match="no such file or folder"):
        find(tmp_path / "nowhere")
    with pytest.raises(NothingReadable, match="no path"):
        find()


def test_a_file(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "web-1/app.log")
    assert read(find(tmp_path / "web-1" / "app.log")) == ["app.log"]


def test_one_folder_gives_no_prefix_and_several_do(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "a/x/app.log", "b/app.log")
    assert read(find(tmp_path / "a")) == ["x/app.log"]
    assert read(find(tmp_path / "a", tmp_path / "b")) == ["a/x/app.log", "b/app.log"]


def test_two_paths_of_one_base_name_keep_apart(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    tree(tmp_path, "a/logs/app.log", "b/logs/app.log", "a/app.log", "b/app.log", "c/app.log~2")
    names = read(
        find(
            tmp_path / "a/logs", tmp_path / "b/logs", *(tmp_path / n for n in ("a/app.log", "b/app.log", "c/app.log~2"))
        )
    )
    assert names == ["app.log", "app.log~2", "app.log~3", "logs/app.log", "logs/app.log~2"]


def test_names_that_are_no_text_are_written_all_the_same(tmp_path: Path, find) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / os.fsdecode(b"caf\xe9.log")).write_bytes(LINE)
    [source] = find(tmp_path)
    assert source.name == "caf\ufffd.log"
    assert source.path.read_bytes() == LINE


@pytest.mark.parametrize(
    "packed", [LINE, zip_of({"x.log": LINE}), tar_of({"x.log": LINE}, "gz")], ids=["text", "zip", "tar.gz"]
)
def test_standard_input(packed: bytes, find, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    [source] = find("-")
    assert source.name == ("-" if packed is LINE else "-!x.log")
    assert source.path.read_bytes() == LINE
    assert source.modified is None or packed is not LINE

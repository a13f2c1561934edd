from __future__ import annotations

import gzip
import random
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from postmortem_timeline import api
from postmortem_timeline.ingest import archives
from postmortem_timeline.ingest.discover import discover
from postmortem_timeline.ingest.source import Source, Workspace
from tests.ingest import families
from tests.ingest.archiving import tar_of, zip_of

LINE = b"2025-07-15 17:42:03,123 - auth - ERROR - token expired\n"
NOISE = "".join(f"{families.python_log(i)} {random.Random(i).getrandbits(300):x}\n" for i in range(3000)).encode()

PACKED = {
    "zip": (".zip", zip_of),
    "stored zip": (".zip", lambda m: zip_of(m, zipfile.ZIP_STORED)),
    "tar": (".tar", tar_of),
    "tar.gz": (".tar.gz", lambda m: tar_of(m, "gz")),
    "tgz": (".tgz", lambda m: tar_of(m, "gz")),
    "tar.bz2": (".tar.bz2", lambda m: tar_of(m, "bz2")),
    "tar.xz": (".tar.xz", lambda m: tar_of(m, "xz")),
    "tar.zst": (".tar.zst", lambda m: pa.compress(tar_of(m), codec="zstd", asbytes=True)),
    "tar of no name": (".bin", tar_of),
    "tar.gz of a name that does not say so": (".log.gz", lambda m: tar_of(m, "gz")),
}


@pytest.fixture
def found(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Workspace() as workspace:

        def find(data: bytes, name: str = "x.zip") -> dict[str, Source]:
            (tmp_path / name).write_bytes(data)
            return {s.name: s for s in discover(str(tmp_path / name), workspace)}

        yield find


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.tar", LINE, id="text of a tar's name"),
        pytest.param("app.tar.log", LINE * 50, id="a log that tells of a tar"),
        pytest.param("a.log", b"PK is how it begins\n", id="text that begins like a zip"),
        pytest.param("a.gz", gzip.compress(LINE), id="a packed file that is no archive"),
        pytest.param("a.log", b"", id="nothing"),
    ],
)
def test_is_no_archive(name: str, data: bytes, found) -> None:  # type: ignore[no-untyped-def]
    assert list(found(data, name)) == [name]


@pytest.mark.parametrize("kind", sorted(PACKED))
def test_members(kind: str, found) -> None:  # type: ignore[no-untyped-def]
    ending, pack = PACKED[kind]
    name = "logs" + ending
    sources = found(pack({"web-1/app.log": LINE, "web-1/app.log.1.gz": gzip.compress(LINE), "b.png": b"x"}), name)
    assert [s.removeprefix(name) for s in sources] == ["!b.png", "!web-1/app.log", "!web-1/app.log.1.gz"]
    assert sources[f"{name}!web-1/app.log"].path.read_bytes() == LINE
    assert sources[f"{name}!web-1/app.log"].modified == 1_752_602_400
    assert "picture" in str(sources[f"{name}!b.png"].skipped)


def test_an_archive_inside_an_archive_and_no_deeper(found) -> None:  # type: ignore[no-untyped-def]
    third = zip_of({"c.log": LINE})
    sources = found(zip_of({"in.tgz": tar_of({"b.log": LINE, "third.zip": third}, "gz")}))
    assert list(sources) == ["x.zip!in.tgz!b.log", "x.zip!in.tgz!third.zip"]
    assert "too deep" in str(sources["x.zip!in.tgz!third.zip"].skipped)


@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
@pytest.mark.parametrize(
    "member",
    [
        "../../escaped.log",
        "/etc/escaped.log",
        "a/../../escaped.log",
        "..\\..\\escaped.log",
        "n" * 250 + ".log",
        "deep/" * 300 + "x.log",
        "new\nline.log",
    ],
    ids=lambda name: name[:20],
)
def test_hostile_names_stay_inside(member: str, pack, found, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sources = found(pack({member: LINE, "good.log": LINE}))
    assert len(sources) == 2
    for source in sources.values():
        assert source.skipped is None
        assert source.path.read_bytes() == LINE
        assert "/pmt-" in str(source.path.resolve())
    assert not list(tmp_path.rglob("escaped.log")) and not Path("/etc/escaped.log").exists()


def test_two_members_of_one_name_and_a_file_where_a_folder_should_be(found) -> None:  # type: ignore[no-untyped-def]
    sources = found(tar_of({"./a": LINE, "a": LINE, "a/b.log": LINE}))
    assert len({s.path for s in sources.values()}) == 3


def test_a_bomb_is_left_when_it_swells(found, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(archives, "BOMB", 1 << 20)
    sources = found(zip_of({"a.log": LINE, "bomb.log": b"0" * (64 << 20), "z.log": LINE}))
    assert sources["x.zip!a.log"].path.read_bytes() == LINE
    assert "swells" in sources["x.zip!bomb.log"].notes[0]
    assert sources["x.zip!bomb.log"].path.stat().st_size < 64 << 20
    assert "swells" in str(sources["x.zip"].skipped)


def test_a_bomb_of_many_members(found, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(archives, "MOST_MEMBERS", 5)
    sources = found(zip_of({f"{i}.log": LINE for i in range(9)}))
    assert len([s for s in sources.values() if not s.skipped]) == 5
    assert "more than 5 members" in str(sources["x.zip"].skipped)


def test_a_full_disk_is_told(found, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(archives, "SPARE", 1 << 62)
    sources = found(zip_of({"a.log": NOISE}))
    assert "disk is full" in str(sources["x.zip"].skipped)


def test_a_member_with_a_wrong_sum_costs_only_itself(found) -> None:  # type: ignore[no-untyped-def]
    data = bytearray(zip_of({"a.log": LINE * 9, "b.log": LINE}, zipfile.ZIP_STORED))
    data[data.index(b"ERROR") + 1] ^= 1
    sources = found(bytes(data))
    assert list(sources) == ["x.zip!a.log", "x.zip!b.log"]
    assert "Bad CRC" in str([*sources["x.zip!a.log"].notes, sources["x.zip!a.log"].skipped])
    assert sources["x.zip!b.log"].path.read_bytes() == LINE


def test_a_member_under_a_password_costs_only_itself(found) -> None:  # type: ignore[no-untyped-def]
    data = bytearray(zip_of({"a.log": LINE, "b.log": LINE}, zipfile.ZIP_STORED))
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, 6, 1)
    struct.pack_into("<H", data, central + 8, 1)
    sources = found(bytes(data))
    assert "password" in str(sources["x.zip!a.log"].skipped)
    assert sources["x.zip!b.log"].path.read_bytes() == LINE


@pytest.mark.parametrize("ending", [".tar.gz", ".tar"])
def test_what_breaks_off_is_read_as_far_as_it_goes(ending: str, found) -> None:  # type: ignore[no-untyped-def]
    data = tar_of({"a.log": LINE, "b.log": NOISE, "c.log": LINE}, "gz" if ending == ".tar.gz" else "")
    sources = found(data[: len(data) * 6 // 10], "x" + ending)
    part = sources[f"x{ending}!b.log"].path.read_bytes()
    assert sources[f"x{ending}!a.log"].path.read_bytes() == LINE
    assert NOISE.startswith(part) and len(part) > 100_000
    assert "broken member" in sources[f"x{ending}!b.log"].notes[0]
    assert "broken archive" in str(sources[f"x{ending}"].skipped)


def test_a_zip_that_breaks_off_is_a_row_with_its_reason(found) -> None:  # type: ignore[no-untyped-def]
    data = zip_of({"a.log": NOISE})
    [source] = found(data[: len(data) // 2]).values()
    assert "broken archive" in str(source.skipped)


def test_citations_name_the_member(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({"web-1/app.log.gz": gzip.compress(LINE * 3)}))
    frame = api.read(str(tmp_path))
    assert list(frame["source"].astype(str)) == ["x.zip!web-1/app.log.gz"] * 3
    shown = api.show("x.zip!web-1/app.log.gz:2", str(tmp_path), context=0)
    assert shown == [("x.zip!web-1/app.log.gz:2", LINE.decode().rstrip(), True)]
    assert set(frame["host"].astype(str)) == {"web-1"}

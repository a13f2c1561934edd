"""The bundled incident is the one under fixtures/, and both come out of the generator as they stand."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from postmortem_timeline import demo

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "fixtures" / demo.NAME


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def decompressed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Builds of zlib differ in how they compress; what was compressed must not."""
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()}


def test_writing_twice_changes_nothing_and_leaves_other_files_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    demo.write_exports(tmp_path)
    once = files_of(tmp_path)
    demo.write_exports(tmp_path)
    assert files_of(tmp_path) == once
    assert once["mine.txt"] == b"mine"


def test_a_missing_folder_is_made_and_returned(tmp_path):
    assert demo.write_exports(str(tmp_path / "a" / "b")) == tmp_path / "a" / "b"


def test_the_wheel_ships_the_exports_of_the_fixture(tmp_path):
    assert files_of(demo.write_exports(tmp_path)) == files_of(FIXTURE / "exports")


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory):
    root = tmp_path_factory.mktemp("generated")
    subprocess.run([sys.executable, "-m", "fixtures.generate", "demo", "--into", str(root)], cwd=ROOT, check=True)
    return root


def test_the_generator_writes_the_same_exports_again(regenerated):
    again = files_of(regenerated / "fixtures" / demo.NAME / "exports")
    assert decompressed(again) == decompressed(files_of(FIXTURE / "exports"))


def test_the_generator_writes_the_same_truth_again(regenerated):
    again = regenerated / "fixtures" / demo.NAME / "truth.json"
    assert again.read_bytes() == (FIXTURE / "truth.json").read_bytes()


def test_the_generator_packs_the_same_zip_again(regenerated):
    def members(root: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(root / "postmortem_timeline" / "demo" / f"{demo.NAME}.zip") as archive:
            return decompressed({name: archive.read(name) for name in archive.namelist()})

    assert members(regenerated) == members(ROOT)

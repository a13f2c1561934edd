"""Archives in memory."""

from __future__ import annotations

import io
import tarfile
import zipfile


def zip_of(members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 7, 15, 18, 0, 0)), data, kind)
    return out.getvalue()


def tar_of(members: dict[str, bytes], kind: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{kind}") as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_752_602_400
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()

"""The bundled incident: exports of an outage to try things on, as they would lie in a folder of one's own."""

from __future__ import annotations

import io
import os
import zipfile
from importlib.resources import files
from pathlib import Path

NAME = "oauth_token_expired"
TITLE = "Logins of partner customers fail: an OAuth token expired"


def write_exports(directory: str | os.PathLike[str]) -> Path:
    """Write the exports of the bundled incident into `directory` (made if missing) and return its path.

    Files of the same names are replaced, so that a second run leaves the same folder; nothing else is touched.
    """
    target = Path(directory)
    with zipfile.ZipFile(io.BytesIO(files(__name__).joinpath(f"{NAME}.zip").read_bytes())) as archive:
        for name in archive.namelist():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    return target

"""A folder of small exports with all that makes reading hard, and the fixtures that tests go through."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
EXPORTS = sorted([*ROOT.glob("fixtures/*/exports"), *ROOT.glob("fixtures/*/*/exports")])


def name_of(exports: Path) -> str:
    return exports.parent.name


def write_soup(folder: Path) -> Path:
    """Damaged lines at heads, in the middle and at ends, tracebacks, wrapped records, a source without any time."""
    web, app, pods = folder / "web-1", folder / "app-1", folder / "pods"
    for place in (web, app, pods):
        place.mkdir(parents=True)
    access = [
        f'198.51.100.{n % 9} - u{n % 7} [15/Jul/2025:17:{n // 60:02d}:{n % 60:02d} +0200] "GET /api/{n % 3} HTTP/1.1" '
        f'{503 if 100 < n < 160 else 200} 512 "-" "curl"'
        for n in range(300)
    ]
    access[0:0] = ["torn at the head"] * 3
    access[150] = "torn \x01 in the middle"
    access.append("torn at the en")
    (web / "access.log").write_text("\n".join(access))
    plain = []
    for n in range(120):
        plain.append(
            f"2025-07-15 15:{n // 2:02d}:{n % 2 * 30:02d},{n:03d} ERROR [main] com.acme.Auth - token of user {n} expired"
        )
        plain += [
            "java.lang.IllegalStateException: no token",
            "\tat com.acme.Auth.run(Auth.java:42)",
            "\tat com.acme.Main.main(Main.java:1)",
        ]
    (app / "auth.log").write_text("\n".join(plain) + "\n")
    cri = [
        f"2025-07-15T15:{n // 2:02d}:{n % 2 * 30:02d}.123456789Z stdout F "
        f"2025-07-15 17:{n // 2:02d}:{n % 2 * 30:02d},100 WARN [w-{n % 3}] com.acme.Cart - slow answer {n}"
        for n in range(100)
    ]
    (pods / "cart_0.log").write_text("\n".join(cri) + "\n")
    (folder / "notes.txt").write_text("nothing here has a time\nnor here\n")
    return folder

"""Small logs of every family that the reader has an engine or a rule for, made from a list of numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

Line = Callable[[int], str]


def clock(i: int) -> str:
    return f"{17 + i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}"


def access(i: int) -> str:
    return (
        f'203.0.113.{i % 250} - u{i % 7} [15/Jul/2025:{clock(i)} +0000] "GET /items/{i} HTTP/1.1" '
        f'{200 + 303 * (i % 3 == 0)} {i * 7} "-" "curl/8.5"'
    )


def json_line(i: int) -> str:
    said = {"time": f"2025-07-15T{clock(i)}Z", "level": "info", "msg": f"step {i} done", "user": f"u{i % 5}"}
    return json.dumps(said)


def logfmt(i: int) -> str:
    return f'time=2025-07-15T{clock(i)}Z level=warn msg="took {i} ms" user=u{i % 5}'


def syslog(i: int) -> str:
    return f"Jul 15 {clock(i)} lb-1 worker[{i % 9}]: job {i} finished"


def log4j(i: int) -> str:
    return f"2025-07-15 {clock(i)},{i % 1000:03d} INFO  [main] com.acme.Job - run {i}"


def python_log(i: int) -> str:
    return f"2025-07-15 {clock(i)},{i % 1000:03d} - acme.jobs - ERROR - run {i} failed"


def csv_row(i: int) -> str:
    return f'2025-07-15T{clock(i)}Z,warn,auth,"run {i}, again"'


def plain(i: int) -> str:
    return f"{{worker {i % 4}}} at 2025-07-15 {clock(i)} ## run {i} came to an end"


def cri(i: int, text: str, stream: str = "stdout", tag: str = "F") -> str:
    return f"2025-07-15T{clock(i)}.{i % 1000:03d}000000Z {stream} {tag} {text}"


def docker(i: int, text: str, stream: str = "stdout", end: str = "\n") -> str:
    return json.dumps({"log": text + end, "stream": stream, "time": f"2025-07-15T{clock(i)}.{i % 1000:03d}000000Z"})


CSV_HEADER = "timestamp,level,service,message"
NEVER_CONTINUED: dict[str, tuple[Line, str]] = {
    "access log": (access, ""),
    "JSON lines": (json_line, ""),
    "logfmt": (logfmt, ""),
    "CSV": (csv_row, CSV_HEADER + "\n"),
}

TRACEBACKS = {
    "Python": """Traceback (most recent call last):
  File "/srv/app.py", line 12, in handler
    token = refresh()
  File "/srv/oauth.py", line 7, in refresh
    raise TokenExpired("token expired")
oauth.errors.TokenExpired: token expired

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app.py", line 20, in main
    handler()
RuntimeError: cannot serve""",
    "Java": """java.lang.IllegalStateException: pool exhausted
\tat com.acme.Pool.take(Pool.java:42)
\tat com.acme.Api$Handler.serve(Api.java:17)
\tSuppressed: java.io.IOException: closed
\t\tat com.acme.Pool.close(Pool.java:50)
Caused by: java.sql.SQLException: timeout
\tat org.db.Driver.connect(Driver.java:9)
\t... 12 more""",
    "Go": """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a1b2c]

goroutine 18 [running]:
main.(*Server).handle(0xc000010000, {0x7f, 0x3})
\t/srv/main.go:31 +0x1d
github.com/acme/go-api/internal.Serve(...)
\t/srv/internal/serve.go:12
net/http.(*conn).serve(0xc0000b2000)
\t/usr/local/go/src/net/http/server.go:2009 +0x5f4
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3086 +0x5cb
exit status 2""",
    "Node": """/srv/app/server.js:12
    throw new TypeError('x is not a function')
    ^

TypeError: x is not a function
    at Object.<anonymous> (/srv/app/server.js:12:9)
    at node:internal/main/run_main_module:28:49 {
  code: 'ERR_X'
}

Node.js v18.17.0""",
    ".NET": """System.InvalidOperationException: Sequence contains no elements
 ---> System.Net.Http.HttpRequestException: Connection refused
   at Acme.Client.Get() in /src/Client.cs:line 10
   --- End of inner exception stack trace ---
   at Acme.Api.Handle() in /src/Api.cs:line 22
--- End of stack trace from previous location ---
   at Acme.Program.Main()""",
}


def with_tracebacks(line: Line, trace: str, count: int = 12) -> str:
    """Records of which every third carries a traceback."""
    out = []
    for i in range(count):
        out.append(line(i))
        if i % 3 == 1:
            out.append(trace)
    return "\n".join(out) + "\n"


def wrapped_tracebacks(wrap: Callable[..., str], texts: dict[str, Sequence[str]]) -> str:
    """The lines of each stream, the streams taken in turns."""
    left = {stream: list(lines) for stream, lines in texts.items()}
    out, i = [], 0
    while any(left.values()):
        for stream, lines in left.items():
            if lines:
                out.append(wrap(i, lines.pop(0), stream))
                i += 1
    return "\n".join(out) + "\n"

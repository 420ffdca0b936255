r"""curl's command line and its output: a batch of requests in one process.

Owns both sides of the text that goes between here and the pod. It does not run anything.

One process sends the whole batch, since starting one costs more than a request. The batch is
a range in the URL's fragment (``...#[1-50]``), which curl expands and never sends, so the
server sees the plain URL each time. kube-proxy balances connections, not requests: each
request asks for its connection to be closed, and an answer over a used one is an error.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urldefrag

from checks.timeouts import TIMEOUTS

# Control characters cannot stand in JSON unescaped; the mark, new for each batch, covers every other body.
_FIELD: Final = "\x1f"
_END: Final = "\x1e"
_VARIABLES: Final = ("http_code", "time_total", "num_connects", "errormsg")
# curl's own words differ in milliseconds and bytes from one request to the next; errors are grouped by text.
_VARYING: Final = re.compile(r" after \d+ (?:ms|milliseconds)| with \d+ (?:out of \d+ )?bytes received")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One request's end.

    Attributes:
        status: HTTP status; 0 where no answer came.
        seconds: from the start (with name lookup and connect) to the last byte.
        error: why there is no answer to read; empty where there is.
        body: as text, undecodable bytes replaced.
    """

    status: int
    seconds: float
    error: str = ""
    body: str = ""


def command(url: str, count: int, mark: str) -> list[str]:
    """Return the command that asks a URL ``count`` times, one connection each.

    Args:
        url: http or https; a fragment is dropped, as no server ever sees one.
        count: requests.
        mark: text that no body can hold, e.g. random; ``parse`` needs the same.
    """
    literal = re.sub(r"([\[\]{}])", r"\\\1", urldefrag(url).url)
    record = _END + mark + "".join(f"{_FIELD}%{{{variable}}}" for variable in _VARIABLES) + _END
    return [
        "curl",
        # Neither the image's .curlrc nor a proxy from the environment may change the path.
        "--disable",
        "--noproxy",
        "*",
        "--silent",
        "--show-error",
        # HTTP/2, which https would negotiate, knows no `Connection: close`.
        "--http1.1",
        "--header",
        "Connection: close",
        "--connect-timeout",
        f"{TIMEOUTS.connect:g}",
        "--max-time",
        f"{TIMEOUTS.request:g}",
        "--write-out",
        record,
        f"{literal}#[1-{count}]",
    ]


def parse(output: bytes, mark: str) -> list[Answer]:
    """Return the answers in curl's output, in order; a record cut short is left out."""
    text = output.decode("utf-8", "replace")
    number = rf"{_FIELD}([\d.]+)"
    record = re.compile(f"(.*?){_END}{re.escape(mark)}{number * 3}{_FIELD}([^{_END}]*){_END}", re.DOTALL)
    return [_answer(*match.groups()) for match in record.finditer(text)]


def _answer(body: str, code: str, seconds: str, connects: str, message: str) -> Answer:
    error = _VARYING.sub("", message)
    if not error and int(connects) == 0:
        error = "the server kept the connection open, so this request was not balanced anew"
    return Answer(status=int(code), seconds=float(seconds), error=error, body=body)

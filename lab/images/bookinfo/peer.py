"""One service asking another.

Owns where a peer is, which headers travel with a request, and how long to wait. Does not own what is
done when the peer fails.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORWARDED = frozenset(
    {
        "end-user",
        "user-agent",
        "x-request-id",
        "traceparent",
        "tracestate",
        "x-cloud-trace-context",
        "b3",
        "x-b3-traceid",
        "x-b3-spanid",
        "x-b3-parentspanid",
        "x-b3-sampled",
        "x-b3-flags",
    },
)
"""What routes by user and what joins the spans of one request; nothing else of the caller's is passed on."""


class PeerError(Exception):
    """The peer did not give a usable answer."""


@dataclass(frozen=True)
class Peer:
    """A service by host and port, and the seconds that it gets for each step of an answer."""

    host: str
    port: int
    timeout: float

    @classmethod
    def read(cls, name: str, timeout: float, environment: Mapping[str, str]) -> "Peer":
        """Find a peer by ``RATINGS_HOSTNAME``, ``SERVICES_DOMAIN``, ``RATINGS_SERVICE_PORT``.

        The last one is also what Kubernetes sets for a Service of that name: the same 9080.
        """
        prefix = name.upper()
        host = environment.get(f"{prefix}_HOSTNAME") or name
        domain = environment.get("SERVICES_DOMAIN", "").strip(".")
        port = environment.get(f"{prefix}_SERVICE_PORT", "")
        return cls(f"{host}.{domain}" if domain else host, int(port) if port.isdigit() else 9080, timeout)

    def fetch(self, path: str, headers: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        """GET a path of the peer and return its JSON.

        Raises:
            PeerError: no connection, no answer in time, a status that is not 200, or no JSON.

        """
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request("GET", path, headers={k: v for k, v in headers.items() if k in FORWARDED})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise PeerError(f"{self.host} answered {response.status}")
            return json.loads(body)
        except (OSError, http.client.HTTPException, ValueError) as reason:
            raise PeerError(f"{self.host}: {reason}") from reason
        finally:
            connection.close()

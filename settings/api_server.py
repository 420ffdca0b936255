"""How an API server is reached: by its kubeconfig entry's CA, checks and proxy.

Owns the connection only, not what is asked nor as whom. Not the Kubernetes client: its import
would cost every preview half a second.
"""

import base64
import ssl
import urllib.request
from typing import Any


def tls(entry: dict[str, Any]) -> ssl.SSLContext:
    """Return what a kubeconfig's `cluster` entry says of the server's certificate.

    Python cannot check it against a `tls-server-name`, so with one it is not checked: send no credential then.
    """
    authority = entry.get("certificate-authority-data")
    context = ssl.create_default_context(cadata=base64.b64decode(authority).decode() if authority else None)
    if entry.get("insecure-skip-tls-verify") or entry.get("tls-server-name"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def opener(entry: dict[str, Any], context: ssl.SSLContext) -> urllib.request.OpenerDirector:
    """Return what opens the server's URLs, through the entry's own proxy or else the environment's."""
    proxy = entry.get("proxy-url")
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({"https": proxy, "http": proxy} if proxy else None),
        urllib.request.HTTPSHandler(context=context),
    )

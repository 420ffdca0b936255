"""What is said where the cluster cannot be reached.

Owns the translation of the Kubernetes client's errors into problems. No text here quotes a
kubeconfig: the caller passes on only what is safe.
"""

import re
from typing import Final

from kubernetes.client.exceptions import ApiException

from checks.problem import Problem

_FORBIDDEN: Final = frozenset({401, 403})


def unusable(reason: str) -> Problem:
    """Return the problem of a kubeconfig that no client can be made of."""
    return Problem(
        fact=f"the kubeconfig cannot be used: {reason}",
        consequence="there is no cluster to measure",
        fix="kubectl config get-contexts",
    )


def _answer(error: Exception) -> tuple[int, str]:
    """Return the HTTP status of a failed call, 0 without one, and a short reason."""
    if not isinstance(error, ApiException):
        return 0, type(error).__name__
    # An exec that is refused carries its status, headers and body in one text:
    # "Handshake status 403 Forbidden -+-+- {...} -+-+- b'...'".
    first = next(iter(str(error.reason).partition(" -+-+-")[0].splitlines()), "no reason given")
    handshake = re.match(r"Handshake status (\d{3})", first)
    status = int(handshake[1]) if handshake else int(error.status or 0)
    return status, first if handshake or not status else f"{status} {first}"


def unreachable(error: Exception, namespace: str, action: str) -> Problem:
    """Return the problem of a call that failed; ``action`` as ``kubectl auth can-i`` takes it."""
    status, reason = _answer(error)
    if status in _FORBIDDEN:
        return Problem(
            fact=f"the cluster does not let this identity {action} in the namespace {namespace}",
            consequence="the sleep pod cannot be used",
            fix=f"kubectl auth can-i {action} --namespace {namespace}",
        )
    return Problem(
        fact=f"the cluster did not answer the call to {action} in the namespace {namespace} ({reason})",
        consequence="nothing can be sent from the sleep pod",
        fix="kubectl cluster-info",
    )

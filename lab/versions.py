"""Versions of what the lab is made of; the Go modules' own are in `go/go.mod`.

They go together: Istio and the SDKs must equal what the stack asks for, and a unit test
holds them to it.
"""

from typing import Final

KUBERNETES: Final = "1.35.4"
ETCD: Final = "3.6.10"
COREDNS: Final = "1.14.0"
ISTIO: Final = "1.29.2"
PULUMI: Final = "3.228.0"
PULUMI_KUBERNETES: Final = "4.29.0"

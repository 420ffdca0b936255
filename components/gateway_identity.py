"""Who a gateway is to the istiod that programs it.

Owns the part of a gateway's pod that follows from a control plane which was there before the
stack: its address and names, and where it has a CA, the root certificate by which the pod knows
istiod. The token by which istiod knows the pod is the same for all.
"""

import json
from dataclasses import dataclass

from pulumi_kubernetes.core.v1 import (
    EnvVarArgsDict,
    VolumeArgsDict,
    VolumeMountArgsDict,
)

from settings.istiod import ROOT_CERTIFICATE, Istiod


@dataclass(frozen=True, kw_only=True)
class GatewayIdentity:
    """A gateway of an istiod that was there before the stack."""

    istiod: Istiod

    @property
    def cluster_id(self) -> str:
        """What the mesh calls the cluster."""
        return self.istiod.cluster_id

    def environment(self) -> list[EnvVarArgsDict]:
        """Return where istiod is, and how the gateway gets its certificate, if any."""
        istiod = self.istiod
        proxy_config = {"discoveryAddress": istiod.address}
        if istiod.ca:
            ca: list[EnvVarArgsDict] = [
                {"name": "PILOT_CERT_PROVIDER", "value": "istiod"},
                {"name": "CA_ADDR", "value": istiod.address},
            ]
        else:
            # Without it the agent asks for a certificate for ever.
            ca = [{"name": "FILE_MOUNTED_CERTS", "value": "true"}]
            proxy_config["controlPlaneAuthPolicy"] = "NONE"
        mesh: list[EnvVarArgsDict] = [
            {"name": "TRUST_DOMAIN", "value": istiod.trust_domain},
            {"name": "PROXY_CONFIG", "value": json.dumps(proxy_config)},
        ]
        return [*ca, *mesh]

    def volumes(self) -> list[VolumeArgsDict]:
        """Return what the pod knows the CA by, and room for what it gives."""
        if not self.istiod.ca:
            return []
        return [
            {"name": "workload-certs", "empty_dir": {}},
            {"name": "istiod-ca-cert", "config_map": {"name": ROOT_CERTIFICATE}},
        ]

    def mounts(self) -> list[VolumeMountArgsDict]:
        """Return where pilot-agent looks for them."""
        if not self.istiod.ca:
            return []
        return [
            {"name": "workload-certs", "mount_path": "/var/run/secrets/workload-spiffe-credentials"},
            {"name": "istiod-ca-cert", "mount_path": "/var/run/secrets/istio", "read_only": True},
        ]

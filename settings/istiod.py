"""The istiod of a cluster that has one: where it is, and what a gateway must know to be programmed by it.

Owns what is read from its objects, and what is taken for granted where they cannot be read. Which
of several is meant, and whether one must be there, is decided in ``settings.existing_istio``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import yaml

from settings.api_client import ApiClient

DEPLOYMENTS: Final = "/apis/apps/v1/{}deployments"
CONFIG_MAP: Final = "/api/v1/namespaces/{}/configmaps/{}"
# istiod writes it into every namespace as long as it is a CA.
ROOT_CERTIFICATE: Final = "istio-ca-root-cert"
TLS_PORT: Final = 15012
PLAINTEXT_PORT: Final = 15010
IMAGE: Final = "pilot"


@dataclass(frozen=True, kw_only=True)
class Istiod:
    """A control plane; the defaults are those of Istio's own installation.

    Attributes:
        name: of its Deployment, and so of its Service.
        hub: where its image comes from; None where that does not show.
        version: tag of its image; None where that does not show.
        ca: whether it signs the gateways' certificates, and so is asked over TLS.
        cluster_id: what it calls the cluster; to another name it does not answer.
        discovery_selectors: whether it looks at some namespaces only.
        scoped: whether a Gateway selects pods of its own namespace only.
    """

    namespace: str
    name: str = "istiod"
    revision: str = "default"
    hub: str | None = None
    version: str | None = None
    ca: bool = True
    cluster_id: str = "Kubernetes"
    trust_domain: str = "cluster.local"
    discovery_selectors: bool = False
    scoped: bool = False

    @property
    def address(self) -> str:
        """Where gateways are programmed, over TLS where there is a CA."""
        return f"{self.name}.{self.namespace}.svc:{TLS_PORT if self.ca else PLAINTEXT_PORT}"

    def __str__(self) -> str:
        return f"{self.name} {self.version or ''}".rstrip() + f" in {self.namespace}"


def deployments(api: ApiClient, namespace: str = "") -> list[dict[str, Any]] | None:
    """Return the Deployments of every istiod, of one namespace where it is given; None where that cannot be known."""
    return api.items(DEPLOYMENTS.format(f"namespaces/{namespace}/" if namespace else ""), app="istiod")


def shown(deployment: Mapping[str, Any]) -> str:
    """Return an istiod as a person is told of it."""
    return str(parse(deployment))


def parse(deployment: Mapping[str, Any]) -> Istiod:
    """Return what an istiod's Deployment says of it."""
    metadata = deployment["metadata"]
    environment = _environment(deployment)
    hub, version = _image(deployment)
    return Istiod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        revision=(metadata.get("labels") or {}).get("istio.io/rev") or "default",
        hub=hub,
        version=version,
        ca=environment.get("ENABLE_CA_SERVER", "true") != "false",
        cluster_id=environment.get("CLUSTER_ID") or "Kubernetes",
        scoped=environment.get("PILOT_SCOPE_GATEWAY_TO_NAMESPACE") == "true",
    )


def with_mesh(found: Istiod, api: ApiClient) -> Istiod:
    """Return an istiod with what its mesh's config and its root certificate say of it."""
    suffix = found.name.removeprefix("istiod")
    config = api.get(CONFIG_MAP.format(found.namespace, f"istio{suffix}")) or {}
    mesh = yaml.safe_load((config.get("data") or {}).get("mesh", "")) or {}
    # Not there, there is no CA, whatever the environment leaves to a default.
    certificate = api.get(CONFIG_MAP.format(found.namespace, ROOT_CERTIFICATE))
    return replace(
        found,
        ca=found.ca and certificate != {},
        trust_domain=mesh.get("trustDomain") or found.trust_domain,
        discovery_selectors=bool(mesh.get("discoverySelectors")),
    )


def _container(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    containers: list[Mapping[str, Any]] = deployment["spec"]["template"]["spec"]["containers"]
    return next((one for one in containers if one["name"] == "discovery"), containers[0])


def _environment(deployment: Mapping[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry.get("value") or "" for entry in _container(deployment).get("env") or ()}


def _image(deployment: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return hub and tag of an image that is called as Istio calls it."""
    repository, _, name = _container(deployment)["image"].partition("@")[0].rpartition("/")
    image, _, tag = name.partition(":")
    return (repository, tag) if image == IMAGE and repository and tag else (None, None)

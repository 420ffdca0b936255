"""A `GkeCluster` declared against a recorder that computes what Google would.

Whoever imports this runs in the one worker that imports Google's SDK, so nobody may do that before its tests run.
"""

import gc
import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from settings.gke import GkeSettings
from tests.unit.components.conftest import Computed, Invoked, Recorder, Registered

if TYPE_CHECKING:
    from components.gke import GkeCluster

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
PROVIDER = "pulumi:providers:kubernetes"
BINDING = ":ClusterRoleBinding"
ME = "me@example.com"
NODES_EMAIL = "istio-inc-nodes@my-project-123.iam.gserviceaccount.com"

COMPUTED: dict[str, Computed] = {
    CLUSTER: {
        "endpoint": "203.0.113.10",
        "masterAuth": {"clusterCaCertificate": "Q0E="},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-1.us-central1-f.gke.goog"}},
    },
    "gcp:serviceaccount/account:Account": {"email": NODES_EMAIL, "member": f"serviceAccount:{NODES_EMAIL}"},
    "gcp:compute/router:Router": {"name": "router-1234567"},
}
ANSWERS = {"gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": {"email": ME}}

Build = Callable[..., "GkeCluster"]

# The program of a config always says the same, and most tests ask for the same few configs.
_built: dict[str, tuple["GkeCluster", list[Registered], list[Invoked]]] = {}


def like_google(recorder: Recorder) -> Recorder:
    """Teach a recorder what Google would compute and answer."""
    _import_sdk()
    recorder.computed = dict(COMPUTED)
    recorder.answers = dict(ANSWERS)
    return recorder


@cache
def _import_sdk() -> None:
    """Import the SDK as all other imports are: see the unit tests' `conftest.py`."""
    gc.disable()
    import components.gke  # noqa: F401

    gc.freeze()
    gc.enable()


def declare(settings: GkeSettings) -> "GkeCluster":
    """Declare a cluster."""
    from components.gke import GkeCluster

    return GkeCluster(settings.name, settings)


def builder(engine: Recorder) -> Build:
    """Return a function that declares a cluster with some keys of the config, in the YAML's spelling."""

    def build(**config: Any) -> "GkeCluster":
        usual = engine.computed == COMPUTED and engine.answers == ANSWERS
        key = json.dumps(config, sort_keys=True)
        if usual and key in _built:
            built, resources, invokes = _built[key]
            engine.resources += resources
            engine.invokes += invokes
            return built
        settings = GkeSettings.model_validate({"project": "my-project-123", **config})
        assert not list(settings.problems("gke")), "a test's config must be a valid one"
        cluster: GkeCluster = engine.run(lambda: declare(settings))
        if usual:
            _built[key] = cluster, list(engine.resources), list(engine.invokes)
        return cluster

    return build


def kubeconfig_of(engine: Recorder) -> dict[str, Any]:
    """Return the kubeconfig that the provider got."""
    secret = engine.one(PROVIDER).inputs["kubeconfig"]
    loaded = json.loads(secret["value"])
    assert isinstance(loaded, dict)
    return loaded


def keys_of(value: Any) -> set[str]:
    """Return every key at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    return {key for inner in value for key in keys_of(inner)} if isinstance(value, list) else set()

"""The pod of a gateway: hardened, and at home in a mesh without a CA."""

import json
from typing import Any

import pytest

from components.gateway_pod import GatewayPod


@pytest.fixture(name="template", scope="module")
def _template() -> Any:
    return GatewayPod(
        name="istio-ingressgateway",
        labels={"app": "istio-ingressgateway", "istio": "ingressgateway"},
        image="docker.io/istio/proxyv2:1.29.2",
        discovery_address="istiod.istio-system.svc:15010",
    ).template()


@pytest.fixture(name="pod", scope="module")
def _pod(template: Any) -> Any:
    return template["spec"]


@pytest.fixture(name="container", scope="module")
def _container(pod: Any) -> Any:
    return pod["containers"][0]


@pytest.fixture(name="env", scope="module")
def _env(container: Any) -> dict[str, Any]:
    return {one["name"]: one.get("value") for one in container["env"]}


class TestHardening:
    """What it may not do."""

    def test_is_not_root(self, pod: Any) -> None:
        security = pod["security_context"]
        assert (security["run_as_non_root"], security["run_as_user"], security["run_as_group"]) == (True, 1337, 1337)

    def test_has_the_runtimes_seccomp_profile(self, pod: Any) -> None:
        assert pod["security_context"]["seccomp_profile"] == {"type": "RuntimeDefault"}

    def test_drops_every_capability(self, container: Any) -> None:
        assert container["security_context"]["capabilities"] == {"drop": ["ALL"]}

    def test_has_a_read_only_root(self, container: Any) -> None:
        assert container["security_context"]["read_only_root_filesystem"] is True

    def test_gains_no_privileges(self, container: Any) -> None:
        security = container["security_context"]
        assert (security["privileged"], security["allow_privilege_escalation"]) == (False, False)

    def test_has_no_token(self, pod: Any) -> None:
        assert pod["automount_service_account_token"] is False, "XDS is plaintext: there is nobody to show it to"

    def test_uses_nothing_of_the_host(self, pod: Any) -> None:
        assert not {"host_network", "host_pid", "host_ipc"} & set(pod)
        assert not any("host_path" in volume for volume in pod["volumes"])

    def test_binds_no_privileged_port(self, container: Any) -> None:
        assert all(port["container_port"] >= 1024 for port in container["ports"]), "it has no capability for one"

    def test_has_limits(self, container: Any) -> None:
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}

    def test_is_the_only_container(self, pod: Any) -> None:
        assert len(pod["containers"]) == 1
        assert "init_containers" not in pod, "an istio-init would need capabilities"


class TestMesh:
    """How it gets on without a CA and an injector."""

    def test_is_left_alone_by_injectors(self, template: Any) -> None:
        assert template["metadata"]["labels"]["sidecar.istio.io/inject"] == "false", "of an Istio that is there already"

    def test_asks_for_no_certificate(self, env: dict[str, Any]) -> None:
        assert env["FILE_MOUNTED_CERTS"] == "true", "there is no CA, and the agent would ask for ever"

    def test_gets_its_config_in_plaintext(self, env: dict[str, Any]) -> None:
        config = json.loads(env["PROXY_CONFIG"])
        assert (config["discoveryAddress"], config["controlPlaneAuthPolicy"]) == (
            "istiod.istio-system.svc:15010",
            "NONE",
        )

    def test_adds_no_header_that_nothing_reads(self, env: dict[str, Any]) -> None:
        assert json.loads(env["PROXY_CONFIG"])["proxyHeaders"] == {
            "attemptCount": {"disabled": True},
            "envoyDebugHeaders": {"disabled": True},
            "requestId": {"disabled": True},
        }, "each costs every request"

    def test_shows_istiod_a_token_that_nobody_else_takes(self, pod: Any, container: Any) -> None:
        (path,) = [one["mount_path"] for one in container["volume_mounts"] if one["name"] == "istio-token"]
        (volume,) = [one for one in pod["volumes"] if one["name"] == "istio-token"]
        (source,) = volume["projected"]["sources"]
        token = source["service_account_token"]
        assert (f"{path}/{token['path']}", token["audience"]) == ("/var/run/secrets/tokens/istio-token", "istio-ca")

    def test_tells_istiod_that_it_binds_no_privileged_port(self, env: dict[str, Any]) -> None:
        assert env["ISTIO_META_UNPRIVILEGED_POD"] == "true"

    def test_is_a_router(self, container: Any) -> None:
        assert container["args"][:2] == ["proxy", "router"], "a sidecar would get other listeners"

    def test_has_the_given_image(self, container: Any) -> None:
        assert container["image"] == "docker.io/istio/proxyv2:1.29.2"

    @pytest.mark.parametrize("name", ["POD_NAME", "POD_NAMESPACE", "INSTANCE_IP", "SERVICE_ACCOUNT"])
    def test_knows_itself(self, container: Any, name: str) -> None:
        (variable,) = [one for one in container["env"] if one["name"] == name]
        assert "field_ref" in variable["value_from"], "istiod tells proxies by it"

    @pytest.mark.parametrize("probe", ["startup_probe", "readiness_probe"])
    def test_is_ready_once_istiod_has_programmed_it(self, container: Any, probe: str) -> None:
        assert container[probe]["http_get"] == {"path": "/healthz/ready", "port": 15021}

    def test_has_a_volume_for_each_mount(self, pod: Any, container: Any) -> None:
        assert {one["name"] for one in container["volume_mounts"]} == {one["name"] for one in pod["volumes"]}

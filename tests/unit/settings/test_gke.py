"""Each rule of `gke`: the key it names, the value it saw, what holds instead, and the way out."""

from typing import Any

import pytest
from pydantic import ValidationError

from settings.gke import GkeSettings
from settings.gke_control_plane import ControlPlaneSettings
from settings.gke_network import NetworkSettings
from settings.gke_nodes import NodeSettings
from settings.problem import Problem, Section
from tests.unit.settings.problems import problems_of

SET = "pulumi config set --path 'incremental-istio:gke.{}' {}"
REMOVE = "pulumi config rm --path 'incremental-istio:gke.{}'"


def _settings(**config: Any) -> GkeSettings:
    return GkeSettings.model_validate({"project": "my-project-123", **config})


def _problems(**config: Any) -> list[Problem]:
    return problems_of(GkeSettings, "gke", {"project": "my-project-123", **config})


def _only(**config: Any) -> Problem:
    problems = _problems(**config)
    assert len(problems) == 1, f"one problem is expected: {[str(problem) for problem in problems]}"
    return problems[0]


class TestDefaults:
    """The post's cluster, at low cost."""

    def test_need_nothing_but_a_project(self) -> None:
        assert not _problems(), "the post's cluster is a valid one"

    def test_ask_for_a_project(self) -> None:
        (problem,) = problems_of(GkeSettings, "gke", {})
        assert (problem.key, problem.value) == ("gke.project", None)
        assert problem.rule == "it must be set"
        assert problem.fix == SET.format("project", "my-project-123")

    def test_are_the_posts(self) -> None:
        settings = _settings()
        assert (settings.name, settings.location) == ("istio-inc", "us-central1-f")

    def test_are_frozen(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            _settings().name = "other"

    def test_explain_every_key(self) -> None:
        sections: list[type[Section]] = [GkeSettings, NodeSettings, NetworkSettings, ControlPlaneSettings]
        bare = [
            f"{section.__name__}.{name}"
            for section in sections
            for name, field in section.model_fields.items()
            if not field.description or not field.examples
        ]
        assert not bare, "the reference of the config is made of descriptions, and each fix of examples"


class TestSpelling:
    """In YAML the keys are camelCase."""

    def test_is_camel_case(self) -> None:
        settings = _settings(releaseChannel="RAPID", dataplaneV2=False, nodes={"diskSizeGb": 50})
        assert (settings.release_channel, settings.dataplane_v2, settings.nodes.disk_size_gb) == (
            "RAPID",
            False,
            50,
        )

    def test_of_python_is_taken_too(self) -> None:
        assert _settings(release_channel="RAPID").release_channel == "RAPID", "components and tests use it"

    @pytest.mark.parametrize(
        ("config", "key"),
        [({"nodez": {}}, "gke.nodez"), ({"nodes": {"machine": "e2-small"}}, "gke.nodes.machine")],
    )
    def test_of_an_unknown_key_is_refused(self, config: dict[str, Any], key: str) -> None:
        problem = _only(**config)
        assert problem.key == key
        assert "there is no such key" in problem.rule
        assert problem.fix == REMOVE.format(key.removeprefix("gke."))


class TestShapes:
    """What Google would refuse later."""

    @pytest.mark.parametrize("project", ["short", "1project", "My-Project", "project-", "a" * 31, "123456789012"])
    def test_of_a_project_id(self, project: str) -> None:
        problem = _only(project=project)
        assert (problem.key, problem.value) == ("gke.project", project)
        assert problem.rule.startswith("a project id (neither its name nor its number) has 6 to 30")
        assert problem.fix == SET.format("project", "my-project-123")

    @pytest.mark.parametrize("project", ["my-project-123", "example.com:my-project"])
    def test_of_a_project_id_that_google_takes(self, project: str) -> None:
        assert not _problems(project=project)

    @pytest.mark.parametrize("name", ["", "Istio", "1istio", "istio-", "istio_inc", "a" * 41])
    def test_of_a_clusters_name(self, name: str) -> None:
        problem = _only(name=name)
        assert (problem.key, problem.value) == ("gke.name", name)
        assert problem.rule.startswith("a cluster's name has 1 to 40 lower-case letters")
        assert problem.fix == SET.format("name", "istio-inc")

    def test_of_the_longest_name(self) -> None:
        assert not _problems(name="a" * 40)

    @pytest.mark.parametrize("location", ["us", "us-central", "us-central1-", "US-CENTRAL1", "us-central1-ff"])
    def test_of_a_location(self, location: str) -> None:
        problem = _only(location=location)
        assert (problem.key, problem.value) == ("gke.location", location)
        assert problem.rule == "a location is a zone, such as us-central1-f, or a region, such as us-central1"
        assert problem.fix == SET.format("location", "us-central1-f")

    @pytest.mark.parametrize("location", ["us-central1", "us-central1-f", "northamerica-northeast2-a", "europe-west12"])
    def test_of_a_location_that_google_has(self, location: str) -> None:
        assert not _problems(location=location)

    @pytest.mark.parametrize("machine", ["standard-2", "E2-standard-2", "e2", "e2_standard_2", "e2-standard-"])
    def test_of_a_machine_type(self, machine: str) -> None:
        problem = _only(nodes={"machineType": machine})
        assert (problem.key, problem.value) == ("gke.nodes.machineType", machine)
        assert problem.rule.startswith("a machine type is FAMILY-KIND-CPUS")
        assert problem.fix.startswith("pulumi config set --path 'incremental-istio:gke.nodes.machineType' ")

    @pytest.mark.parametrize(
        "machine",
        ["e2-medium", "e2-standard-2", "n2d-highcpu-8", "n2-custom-4-8192-ext", "c3-standard-4-lssd"],
    )
    def test_of_a_machine_type_that_google_has(self, machine: str) -> None:
        assert not _problems(nodes={"machineType": machine})

    @pytest.mark.parametrize("ttl", ["72", "h", "0h", "-1d", "72 h", "3w", "1h30m"])
    def test_of_a_time_to_live(self, ttl: str) -> None:
        problem = _only(ttl=ttl)
        assert (problem.key, problem.value) == ("gke.ttl", ttl)
        assert problem.rule == "a time to live is a number of hours or days, such as 72h or 3d"
        assert problem.fix == SET.format("ttl", "72h")

    @pytest.mark.parametrize("key", ["environment", "owner"])
    @pytest.mark.parametrize("value", ["", "Prod", "team a", "a.b", "a" * 64])
    def test_of_an_environment_and_its_owner(self, key: str, value: str) -> None:
        problem = _only(**{key: value})
        assert (problem.key, problem.value) == (f"gke.{key}", value)
        assert problem.rule == "a label has 1 to 63 lower-case letters, digits, '-' and '_'"
        assert problem.fix.startswith(f"pulumi config set --path 'incremental-istio:gke.{key}' ")

    @pytest.mark.parametrize("account", ["me", "user:me@example.com me", "me@host"])
    def test_of_an_account(self, account: str) -> None:
        problem = _only(clusterAdmin=account)
        assert (problem.key, problem.value) == ("gke.clusterAdmin", account)
        assert problem.rule == "an account is named by its e-mail address"

    @pytest.mark.parametrize(
        ("config", "key", "words"),
        [
            ({"releaseChannel": "FAST"}, "gke.releaseChannel", "'RAPID', 'REGULAR', 'STABLE' or 'EXTENDED'"),
            (
                {"releaseChannel": "UNSPECIFIED"},
                "gke.releaseChannel",
                "'RAPID', 'REGULAR', 'STABLE' or 'EXTENDED'",
            ),
            (
                {"nodes": {"diskType": "floppy"}},
                "gke.nodes.diskType",
                "'pd-standard', 'pd-balanced', 'pd-ssd'",
            ),
            ({"nodes": {"diskSizeGb": 9}}, "gke.nodes.diskSizeGb", "greater than or equal to 10"),
            ({"nodes": {"min": 0}}, "gke.nodes.min", "greater than or equal to 1"),
            ({"nodes": {"max": 1001}}, "gke.nodes.max", "less than or equal to 1000"),
            ({"ephemeral": "yes"}, "gke.ephemeral", "valid boolean"),
        ],
    )
    def test_of_choices_and_numbers(self, config: dict[str, Any], key: str, words: str) -> None:
        problem = _only(**config)
        assert problem.key == key
        assert words in problem.rule

    def test_are_told_all_at_once(self) -> None:
        keys = {problem.key for problem in _problems(name="Istio", ttl="soon", nodes={"machineType": "big"})}
        assert keys == {"gke.name", "gke.ttl", "gke.nodes.machineType"}, "one run, one list"


class TestLocation:
    """A zone or a region, and the zones of the nodes."""

    @pytest.mark.parametrize(
        ("location", "zonal", "region"),
        [("us-central1-f", True, "us-central1"), ("europe-west4", False, "europe-west4")],
    )
    def test_says_what_it_is(self, location: str, *, zonal: bool, region: str) -> None:
        settings = _settings(location=location)
        assert (settings.zonal, settings.region) == (zonal, region)

    def test_refuses_a_zone_outside_its_region(self) -> None:
        problem = _only(nodes={"zones": ["us-central1-a", "us-east1-b"]})
        assert (problem.key, problem.value) == ("gke.nodes.zones[1]", "us-east1-b")
        assert problem.rule == "the zone is outside the region of gke.location, us-central1"
        assert problem.fix == SET.format("nodes.zones[1]", "us-central1-b")

    def test_takes_zones_of_its_region(self) -> None:
        assert not _problems(location="us-central1", nodes={"zones": ["us-central1-a", "us-central1-f"]})

    def test_refuses_a_region_among_the_zones(self) -> None:
        assert _only(nodes={"zones": ["us-central1"]}).rule.startswith("a zone is a region and a letter")


class TestNodes:
    """Limits of the pool."""

    def test_refuse_a_most_below_the_least(self) -> None:
        problem = _only(nodes={"min": 4, "max": 3})
        assert (problem.key, problem.value) == ("gke.nodes.max", 3)
        assert problem.rule == "it is below gke.nodes.min, which is 4"
        assert problem.fix == SET.format("nodes.max", 4)

    def test_take_a_fixed_size(self) -> None:
        assert not _problems(nodes={"min": 3, "max": 3})


class TestLabels:
    """Google's rules for labels."""

    def test_are_the_environments_and_the_users(self) -> None:
        settings = _settings(environment="pr-12", owner="team-a", ttl="3d", labels={"app": "demo"})
        assert settings.all_labels == {"environment": "pr-12", "owner": "team-a", "ttl": "3d", "app": "demo"}

    def test_leave_out_what_is_not_set(self) -> None:
        assert _settings().all_labels == {"environment": "dev"}

    @pytest.mark.parametrize("name", ["environment", "owner", "ttl"])
    def test_refuse_a_name_that_has_a_key_of_its_own(self, name: str) -> None:
        problem = _only(labels={name: "x"})
        assert (problem.key, problem.value) == (f"gke.labels.{name}", "x")
        assert problem.rule == f"the label has a key of its own, gke.{name}"
        assert problem.fix == REMOVE.format(f"labels.{name}")

    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("Team", "labels.Team"),
            ("1st", "labels.1st"),
            ("a" * 64, f"labels.{'a' * 64}"),
            ("a.b", 'labels["a.b"]'),
        ],
    )
    def test_refuse_a_key_that_google_refuses(self, name: str, path: str) -> None:
        problem = _only(labels={name: "x"})
        assert problem.key == f"gke.{path}", "the path must lead Pulumi to the key"
        assert problem.rule == "a label's key has 1 to 63 lower-case letters, digits, '-' and '_', a letter first"
        assert problem.fix == REMOVE.format(path)

    @pytest.mark.parametrize(("value", "allowed"), [("TRUE", "true"), ("a b", "a-b"), ("a" * 64, "a" * 63)])
    def test_refuse_a_value_that_google_refuses(self, value: str, allowed: str) -> None:
        problem = _only(labels={"app": value})
        assert (problem.key, problem.value) == ("gke.labels.app", value)
        assert problem.rule == "a label's value has up to 63 lower-case letters, digits, '-' and '_'"
        assert problem.fix == f"pulumi config set --path --type string 'incremental-istio:gke.labels.app' {allowed}"

    def test_take_an_empty_value(self) -> None:
        assert not _problems(labels={"app": ""})

    def test_refuse_more_than_google_takes(self) -> None:
        problem = _only(labels={f"label-{number}": "x" for number in range(64)})
        assert (problem.key, problem.value) == ("gke.labels", "64 labels")
        assert problem.rule == "a cluster has 64 labels at the most, the environment's own among them"
        assert problem.fix == REMOVE.format("labels.label-0")


class TestLifetime:
    """Ephemeral or not."""

    def test_refuses_a_ttl_for_what_is_to_stay(self) -> None:
        problem = _only(ephemeral=False, ttl="72h")
        assert (problem.key, problem.value) == ("gke.ttl", "72h")
        assert problem.rule == "a long-lived environment has none, and gke.ephemeral is off"
        assert problem.fix == REMOVE.format("ttl")

    def test_takes_a_ttl_for_what_is_to_go(self) -> None:
        assert not _problems(ttl="72h")


class TestAutopilot:
    """What excludes what."""

    def test_refuses_a_zone(self) -> None:
        problem = _only(autopilot=True)
        assert (problem.key, problem.value) == ("gke.location", "us-central1-f")
        assert problem.rule == "an Autopilot cluster is regional"
        assert problem.fix == SET.format("location", "us-central1")

    def test_needs_only_a_region(self) -> None:
        assert not _problems(autopilot=True, location="us-central1")

    @pytest.mark.parametrize(
        ("config", "path", "value"),
        [
            ({"workloadIdentity": False}, "workloadIdentity", False),
            ({"dataplaneV2": True}, "dataplaneV2", True),
            ({"workloadLogs": True}, "workloadLogs", True),
            ({"nodes": {"spot": True}}, "nodes.spot", True),
            ({"nodes": {"secureBoot": True}}, "nodes.secureBoot", True),
            ({"nodes": {"machineType": "e2-medium"}}, "nodes.machineType", "e2-medium"),
            ({"nodes": {"max": 5}}, "nodes.max", 5),
            ({"nodes": {"zones": ["us-east1-b"]}}, "nodes.zones", ("us-east1-b",)),
        ],
    )
    def test_refuses_what_it_decides_alone(self, config: dict[str, Any], path: str, value: object) -> None:
        problem = _only(autopilot=True, location="us-central1", **config)
        assert (problem.key, problem.value) == (f"gke.{path}", value)
        assert problem.rule == "Autopilot decides this alone"
        assert problem.fix == REMOVE.format(path)


class TestOwnNetwork:
    """Three ranges that neither overlap nor run out."""

    @pytest.mark.parametrize("key", ["nodes", "pods", "services"])
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("10.0.0.0", "an IPv4 range has a prefix length, such as 10.10.0.0/24"),
            ("10.0.0.1/16", "it is not an IPv4 range in CIDR notation: 10.0.0.1/16 has host bits set"),
            ("10.0.0.0/33", "it is not an IPv4 range in CIDR notation: '33' is not a valid netmask"),
            ("fd00::/64", "it is not an IPv4 range in CIDR notation: "),
        ],
    )
    def test_refuses_what_is_no_range(self, key: str, value: str, words: str) -> None:
        problem = _only(network={key: value})
        assert (problem.key, problem.value) == (f"gke.network.{key}", value)
        assert problem.rule.startswith(words)

    @pytest.mark.parametrize(
        ("config", "path", "rule", "fix"),
        [
            (
                {"pods": "10.10.0.0/16"},
                "pods",
                "it overlaps gke.network.nodes, which is 10.10.0.0/24",
                "10.20.0.0/16",
            ),
            (
                {"services": "10.20.128.0/20"},
                "services",
                "it overlaps gke.network.pods, which is 10.20.0.0/16",
                "10.30.0.0/20",
            ),
            (
                {"nodes": "10.30.0.0/24", "pods": "10.20.0.0/16"},
                "services",
                "it overlaps gke.network.nodes, which is 10.30.0.0/24",
                "10.0.0.0/20",
            ),
        ],
    )
    def test_refuses_ranges_that_overlap(self, config: dict[str, str], path: str, rule: str, fix: str) -> None:
        problem = _only(network=config)
        assert problem.key == f"gke.network.{path}"
        assert problem.rule == rule
        assert problem.fix == SET.format(f"network.{path}", fix), "the fix must not overlap again"

    @pytest.mark.parametrize(
        ("nodes", "config", "path", "rule"),
        [
            (3, {"nodes": "10.1.0.0/30"}, "nodes", "it is too small: 4 nodes need a /29 at the least"),
            (60, {"nodes": "10.1.0.0/27"}, "nodes", "it is too small: 61 nodes need a /25 at the least"),
            (
                3,
                {"pods": "10.1.0.0/23"},
                "pods",
                "it is too small: 4 nodes with a /24 each need a /22 at the least",
            ),
            (
                4,
                {"pods": "10.1.0.0/22"},
                "pods",
                "it is too small: 5 nodes with a /24 each need a /21 at the least",
            ),
            (3, {"services": "10.1.0.0/28"}, "services", "it is too small: GKE asks for a /27 at the least"),
        ],
    )
    def test_refuses_ranges_that_run_out(self, nodes: int, config: dict[str, str], path: str, rule: str) -> None:
        problem = _only(nodes={"max": nodes}, network=config)
        assert (problem.key, problem.value) == (f"gke.network.{path}", config[path])
        assert problem.rule.startswith(rule)
        mended = problem.fix.rpartition(" ")[2]
        assert not _problems(nodes={"max": nodes}, network={path: mended}), "the fix must hold"

    @pytest.mark.parametrize("config", [{"nodes": "10.1.0.0/29"}, {"pods": "10.1.0.0/22"}, {"services": "10.1.0.0/27"}])
    def test_takes_ranges_that_just_suffice(self, config: dict[str, str]) -> None:
        assert not _problems(nodes={"max": 3}, network=config), "four nodes during an upgrade"

    def test_is_made_for_eight_nodes_under_autopilot(self) -> None:
        problem = _only(autopilot=True, location="us-central1", network={"pods": "10.1.0.0/22"})
        assert "need a /21" in problem.rule, "nobody knows how many nodes it will have"

    @pytest.mark.parametrize("key", ["podsRange", "servicesRange"])
    def test_has_no_ranges_of_somebody_else(self, key: str) -> None:
        problem = _only(network={key: "pods"})
        assert (problem.key, problem.value) == (f"gke.network.{key}", "pods")
        assert problem.rule == "it names a range of an existing subnetwork, and gke.network.name is not set"
        assert problem.fix == REMOVE.format(f"network.{key}")


class TestExistingNetwork:
    """By its names."""

    NAMES = {"name": "shared", "subnetwork": "shared-us-central1"}

    def test_is_what_names_make_it(self) -> None:
        assert _settings(network=self.NAMES).network.existing
        assert not _settings().network.existing

    @pytest.mark.parametrize(
        ("config", "missing", "other", "example"),
        [
            ({"name": "shared"}, "subnetwork", "name", "shared-us-central1"),
            ({"subnetwork": "shared"}, "name", "subnetwork", "shared"),
            ({**NAMES, "podsRange": "p"}, "servicesRange", "podsRange", "services"),
            ({**NAMES, "servicesRange": "s"}, "podsRange", "servicesRange", "pods"),
        ],
    )
    def test_needs_both_of_a_pair(self, config: dict[str, str], missing: str, other: str, example: str) -> None:
        problem = _only(network=config)
        assert (problem.key, problem.value) == (f"gke.network.{missing}", None)
        assert problem.rule == f"gke.network.{other} is set, and one is of no use without the other"
        assert problem.fix == SET.format(f"network.{missing}", example)

    @pytest.mark.parametrize("key", ["nodes", "pods", "services"])
    def test_has_ranges_of_its_own(self, key: str) -> None:
        problem = _only(network={**self.NAMES, key: "10.1.0.0/16"})
        assert (problem.key, problem.value) == (f"gke.network.{key}", "10.1.0.0/16")
        assert problem.rule == "an existing network has its ranges already; this is for the stack's own"
        assert problem.fix == REMOVE.format(f"network.{key}")

    @pytest.mark.parametrize(
        "config",
        [
            NAMES,
            {**NAMES, "podsRange": "p", "servicesRange": "s"},
            {
                "name": "projects/host/global/networks/shared",
                "subnetwork": "projects/host/regions/us-central1/subnetworks/shared",
            },
        ],
    )
    def test_may_be_anybodys(self, config: dict[str, str]) -> None:
        assert not _problems(network=config)

    @pytest.mark.parametrize(
        ("config", "key", "words"),
        [
            ({**NAMES, "name": "Shared"}, "name", "a network is NAME, or another project's"),
            (
                {**NAMES, "subnetwork": "host/shared"},
                "subnetwork",
                "a subnetwork is NAME, or another project's",
            ),
            ({**NAMES, "podsRange": "P", "servicesRange": "s"}, "podsRange", "a secondary range's name has"),
        ],
    )
    def test_has_names_that_google_has(self, config: dict[str, str], key: str, words: str) -> None:
        problem = _only(network=config)
        assert problem.key == f"gke.network.{key}"
        assert problem.rule.startswith(words)


class TestControlPlane:
    """Who gets in, and by which door."""

    def test_refuses_to_shut_everybody_out(self) -> None:
        problem = _only(controlPlane={"ipEndpoint": False})
        assert (problem.key, problem.value) == ("gke.controlPlane.ipEndpoint", False)
        assert problem.rule == "nobody could reach the cluster, for gke.controlPlane.dnsEndpoint is off as well"
        assert problem.fix == SET.format("controlPlane.dnsEndpoint", "true")

    def test_refuses_guards_at_a_door_that_is_walled_up(self) -> None:
        networks = {"office": "203.0.113.0/24"}
        problem = _only(controlPlane={"ipEndpoint": False, "dnsEndpoint": True, "authorizedNetworks": networks})
        assert (problem.key, problem.value) == ("gke.controlPlane.authorizedNetworks", networks)
        assert problem.rule == "they guard the IP endpoint only, and gke.controlPlane.ipEndpoint is off"
        assert problem.fix == REMOVE.format("controlPlane.authorizedNetworks")

    @pytest.mark.parametrize(
        ("name", "path"),
        [("office", "authorizedNetworks.office"), ("head office", 'authorizedNetworks["head office"]')],
    )
    def test_refuses_a_network_that_is_none(self, name: str, path: str) -> None:
        problem = _only(controlPlane={"authorizedNetworks": {name: "203.0.113.7"}})
        assert (problem.key, problem.value) == (f"gke.controlPlane.{path}", "203.0.113.7")
        assert problem.rule == "an IPv4 range has a prefix length, such as 10.10.0.0/24"
        assert problem.fix == SET.format(f"controlPlane.{path}", "203.0.113.0/24")

    def test_takes_two_doors(self) -> None:
        networks = {"office": "203.0.113.0/24", "vpn": "198.51.100.7/32"}
        assert not _problems(controlPlane={"dnsEndpoint": True, "authorizedNetworks": networks})

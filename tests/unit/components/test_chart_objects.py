"""What is changed in the objects of Istio's charts."""

import copy
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.chart_objects import adapted
from tests.unit.components.conftest import Recorder

CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
SCHEMA: dict[str, Any] = {
    "description": "A gateway.",
    "required": ["port"],
    "properties": {
        "port": {"type": "integer", "description": "Its port.", "oneOf": [{"description": "One."}]},
        "description": {"type": "string"},
    },
}


def _args(type_: str, props: dict[str, Any], **options: Any) -> pulumi.ResourceTransformArgs:
    return pulumi.ResourceTransformArgs(
        custom=True, type_=type_, name="x", props=copy.deepcopy(props), opts=pulumi.ResourceOptions(**options)
    )


def _adapted(type_: str, props: dict[str, Any], **options: Any) -> tuple[dict[str, Any], pulumi.ResourceOptions]:
    result = adapted(None)(_args(type_, props, **options))
    assert isinstance(result, pulumi.ResourceTransformResult), "the object is adapted"
    return dict(result.props), result.opts


class TestCrds:
    """Istio's own kinds."""

    PROPS: dict[str, Any] = {
        "metadata": {"name": "gateways.networking.istio.io"},
        "spec": {
            "group": "networking.istio.io",
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": SCHEMA},
                {"name": "v1alpha3", "served": True, "storage": False},
                {"name": "v1beta1", "served": True, "storage": False},
            ],
        },
    }

    def test_go_with_the_stack(self) -> None:
        _, opts = _adapted(CRD, self.PROPS, retain_on_delete=True)
        assert opts.retain_on_delete is False, "one that stays behind makes the next `up` fail: `already exists`"

    def test_keep_their_other_options(self) -> None:
        _, opts = _adapted(CRD, self.PROPS, retain_on_delete=True, protect=True)
        assert opts.protect is True

    def test_keep_only_the_version_that_is_stored(self) -> None:
        props, _ = _adapted(CRD, self.PROPS)
        assert [one["name"] for one in props["spec"]["versions"]] == ["v1"], "the others are two thirds of the state"

    def test_lose_the_texts_of_their_schema(self) -> None:
        props, _ = _adapted(CRD, self.PROPS)
        assert props["spec"]["versions"][0]["schema"] == {
            "required": ["port"],
            "properties": {"port": {"type": "integer", "oneOf": [{}]}, "description": {"type": "string"}},
        }, "a field called `description` stays"

    def test_keep_everything_else(self) -> None:
        props, _ = _adapted(CRD, self.PROPS)
        assert (props["metadata"], props["spec"]["group"]) == (self.PROPS["metadata"], "networking.istio.io")


class TestServices:
    """istiod's."""

    TYPE = "kubernetes:core/v1:Service"

    @pytest.mark.parametrize("given", [{}, {"annotations": None}, {"annotations": {}}])
    def test_are_not_awaited(self, given: dict[str, Any]) -> None:
        props, _ = _adapted(self.TYPE, {"metadata": {"name": "istiod", **given}})
        assert props["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}, "the Deployment is"

    def test_keep_their_annotations(self) -> None:
        props, _ = _adapted(self.TYPE, {"metadata": {"annotations": {"a": "b"}}})
        assert props["metadata"]["annotations"] == {"a": "b", "pulumi.com/skipAwait": "true"}

    def test_keep_everything_else(self) -> None:
        props, _ = _adapted(self.TYPE, {"metadata": {"name": "istiod"}, "spec": {"ports": []}})
        assert (props["metadata"]["name"], props["spec"]) == ("istiod", {"ports": []})


class TestDeployments:
    """istiod's."""

    TYPE = "kubernetes:apps/v1:Deployment"

    def test_are_looked_at_every_second(self) -> None:
        container = {"name": "discovery", "readinessProbe": {"periodSeconds": 3, "timeoutSeconds": 5}}
        props, _ = _adapted(self.TYPE, {"spec": {"template": {"spec": {"containers": [container]}}}})
        assert props["spec"]["template"]["spec"]["containers"] == [
            {"name": "discovery", "readinessProbe": {"periodSeconds": 1, "timeoutSeconds": 5}}
        ], "both gateways wait for it"


@pytest.mark.parametrize(
    "type_",
    [
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:ServiceAccount",
        "kubernetes:rbac.authorization.k8s.io/v1:Role",
    ],
)
def test_anything_else_is_left_as_it_is(type_: str) -> None:
    props, _ = _adapted(type_, {"metadata": {}, "data": {"a": "b"}})
    assert props == {"metadata": {}, "data": {"a": "b"}}


class TestWhere:
    """A chart is rendered without a cluster, and its objects are declared in one."""

    def test_puts_an_object_on_the_clusters_provider(self) -> None:
        recorder = Recorder()

        def program() -> None:
            provider = kubernetes.Provider("cluster")
            args = pulumi.ResourceTransformArgs(
                custom=True, type_="kubernetes:core/v1:ConfigMap", name="istio", props={}, opts=pulumi.ResourceOptions()
            )
            result = adapted(provider)(args)
            assert isinstance(result, pulumi.ResourceTransformResult), "the object stays where the chart is rendered"
            assert result.opts.provider is provider

        recorder.run(program)

    def test_leaves_the_chart_where_it_is_rendered(self) -> None:
        args = pulumi.ResourceTransformArgs(
            custom=False, type_="kubernetes:helm.sh/v4:Chart", name="base", props={}, opts=pulumi.ResourceOptions()
        )
        assert adapted(None)(args) is None

"""A Pulumi engine that creates nothing and remembers what it was asked for."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pulumi
import pulumi.runtime.resource
import pytest
from pulumi.output import Unknown
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.proto.source_pb2 import StackTrace

# Where in the program a resource was declared: a fifth of the time of a program under mocks, and no test asks for it.
pulumi.runtime.resource._get_stack_trace = StackTrace

Computed = Mapping[str, Any] | Callable[[MockResourceArgs], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the engine was told of it.

    Other resources stand here by name. ``inputs`` has Pulumi's camelCase keys, and inputs that
    are not set are absent.
    """

    type: str
    name: str
    version: str
    inputs: Mapping[str, Any]
    provider: str
    parent: str
    depends_on: frozenset[str]
    deleted_with: str
    ignore_changes: tuple[str, ...]
    delete_before_replace: bool
    retain_on_delete: bool
    transforms: int


@dataclass(frozen=True, kw_only=True)
class Invoked:
    """One function call to a provider."""

    token: str
    args: Mapping[str, Any]


class Recorder(Mocks):
    """Remembers every resource and invoke of the programs that ran.

    Attributes:
        resources: in the order of their registration, components among them.
        invokes: in the order of their calls.
        computed: by type, what the engine adds to a resource's inputs; fixed, or a function of them.
        answers: by token, what an invoke returns.
    """

    def __init__(self) -> None:
        self.resources: list[Registered] = []
        self.invokes: list[Invoked] = []
        self.computed: dict[str, Computed] = {}
        self.answers: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Echo the inputs, with what the real engine would have computed."""
        computed = self.computed.get(args.typ, {})
        return f"{args.name}-id", {**args.inputs, **(computed(args) if callable(computed) else computed)}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer an invoke from ``answers``."""
        self.invokes.append(Invoked(token=args.token, args=args.args))
        return self.answers.get(args.token, {}), []

    def run(self, program: Callable[[], Any], *, preview: bool = False) -> Any:
        """Run a program to its end and return its result, an Output's value if it is one."""
        set_mocks(self, preview=preview, monitor=_Monitor(self))
        results: list[Any] = []

        @pulumi.runtime.test  # type: ignore[untyped-decorator]  # pulumi's decorator has no types
        def drained() -> Any:
            result = program()
            if isinstance(result, pulumi.Output):
                return result.apply(results.append)
            return results.append(result)

        with mock.patch.object(asyncio.BaseEventLoop, "run_in_executor", _at_once):
            drained()
        return results[0] if results else None

    def objects(self) -> list[Registered]:
        """Return the typed Kubernetes objects, without charts and components."""
        return [one for one in self.resources if one.type.startswith("kubernetes:") and "helm" not in one.type]

    def cluster_provider(self) -> Registered:
        """Return the provider that leads to the cluster; the charts' own leads to none."""
        providers = self.all_of("pulumi:providers:kubernetes")
        (found,) = [one for one in providers if "renderYamlToDirectory" not in one.inputs]
        return found

    def all_of(self, type_: str) -> list[Registered]:
        """Return the resources of a type, given in full or by its end, such as ``:Cluster``."""
        return [resource for resource in self.resources if resource.type.endswith(type_)]

    def one(self, type_: str) -> Registered:
        """Return the only resource of a type."""
        found = self.all_of(type_)
        assert len(found) == 1, f"one {type_} is expected, and there are {[one.name for one in found]}"
        return found[0]


def _at_once(loop: asyncio.AbstractEventLoop, _: object, call: Callable[..., Any], *arguments: Any) -> Any:
    """Call what would else wait in a thread of its own: a mock answers sooner than a thread starts."""
    answer = loop.create_future()
    try:
        answer.set_result(call(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
        answer.set_exception(error)
    return answer


class _Monitor(MockMonitor):
    """Also sees the options, which Pulumi's mocks drop."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self._recorder = recorder

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the gRPC service's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self._recorder.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    version=request.version,
                    inputs=pulumi.runtime.rpc.deserialize_properties(request.object),
                    provider=_name(request.provider.rpartition("::")[0]),
                    parent=_name(request.parent),
                    depends_on=frozenset(_name(urn) for urn in request.dependencies),
                    deleted_with=_name(request.deletedWith),
                    ignore_changes=tuple(request.ignoreChanges),
                    delete_before_replace=request.deleteBeforeReplace,
                    retain_on_delete=request.retainOnDelete,
                    transforms=len(request.transforms),
                )
            )
        return response


def is_unknown(value: Any) -> bool:
    """Return whether a preview does not know an input yet, be it a secret."""
    if isinstance(value, Mapping):
        value = value.get("value")
    return isinstance(value, Unknown)


def containers(deployment: Registered) -> list[dict[str, Any]]:
    """Return a Deployment's containers, of any kind."""
    pod = deployment.inputs["spec"]["template"]["spec"]
    return [*pod["containers"], *pod.get("initContainers", []), *pod.get("ephemeralContainers", [])]


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


@pytest.fixture(name="recorder")
def _recorder() -> Recorder:
    return Recorder()


@pytest.fixture(name="engine")
def _engine(recorder: Recorder) -> Recorder:
    """Hand out a recorder that computes what Google would; late, for few tests need Google's SDK."""
    from tests.unit.components.gke_program import like_google

    return like_google(recorder)


@pytest.fixture(name="build")
def _build(engine: Recorder) -> Any:
    """Hand out what declares a `GkeCluster` with some keys of the config."""
    from tests.unit.components.gke_program import builder

    return builder(engine)

"""Config of a route: which service, through which gateway, split between which subsets."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from settings.names import ObjectName, PathPrefix, Port, ServiceName, Weight
from settings.paths import member, unset_command
from settings.problem import Problem, Section
from settings.split import WHOLE, mending_command

SUBSETS = ("v1", "v2", "v3")


class RouteSettings(Section):
    """A weighted split of one service behind the ingress gateway.

    The defaults are the post's ``reviews``: three subsets, half and half between v1 and v2.
    """

    host: ServiceName = Field(default="reviews", description="Service that is routed to", examples=["reviews"])
    port: Port = Field(default=9080, description="port of that Service", examples=[9080])
    prefix: PathPrefix = Field(default="/reviews", description="path prefix that is routed", examples=["/reviews"])
    # A subset's name is also a value of the pods' label; Istio asks for the narrower of the two, a name:
    # https://github.com/istio/istio/blob/1.29.2/pkg/config/validation/validation.go (validateSubsetName)
    subsets: tuple[ObjectName, ...] = Field(
        default=SUBSETS,
        description="values of the pods' label `version` that can be routed to",
        examples=["v1"],
        strict=False,
    )
    split: dict[str, Weight] = Field(
        default={"v1": 50, "v2": 50},
        description="percent of the requests for each subset; the sum is 100",
        examples=[{"v1": 50, "v2": 50}],
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield no subset at all, one that is there twice, and what is wrong with the split as a whole."""
        if not self.subsets:
            key = f"{path}.subsets"
            yield Problem(key=key, value=[], rule="a route needs at least one subset", fix=unset_command(key))
            return
        for index, subset in enumerate(self.subsets):
            if subset in self.subsets[:index]:
                key = f"{path}.subsets[{index}]"
                yield Problem(key=key, value=subset, rule="the subset is there already", fix=unset_command(key))
        key = f"{path}.split"
        fix = mending_command(key, self.split if "split" in self.model_fields_set else {}, self.subsets)
        if not self.split:
            yield Problem(key=key, value={}, rule="a split needs at least one subset", fix=fix)
            return
        for subset in self.split:
            if subset not in self.subsets:
                rule = f"there is no such subset ({path}.subsets has {', '.join(self.subsets)})"
                yield Problem(key=member(key, subset), value=self.split[subset], rule=rule, fix=fix)
        total = sum(self.split.values())
        if total != WHOLE:
            yield Problem(key=key, value=self.split, rule=f"the weights sum to {total}, not {WHOLE}", fix=fix)

    @classmethod
    def mend(cls, path: str, key: str, content: Mapping[str, Any]) -> str | None:
        """Return the command that mends the whole split, one for all that is wrong with it."""
        if not key.startswith(f"{path}.split"):
            return None
        subsets, split = content.get("subsets", SUBSETS), content.get("split", {})
        if not isinstance(split, dict):
            return unset_command(f"{path}.split")
        return mending_command(f"{path}.split", split, subsets if isinstance(subsets, list) else SUBSETS)

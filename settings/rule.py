"""Config of a rule: what happens to the requests that it is for.

A route is its rules, in their order, and last what it says itself. What a rule leaves out is
the route's, but for a redirect: a rule without one leads to the service.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Self

from pydantic import Field

from settings.http import CorsPolicy, Fault, Headers, Mirror, Redirect, Retries, Rewrite
from settings.match import MatchSettings
from settings.names import Weight
from settings.paths import member, unset_command
from settings.problem import Problem, Section
from settings.split import WHOLE, mending_command
from settings.values import Duration

# Istio refuses these beside a redirect, or drops them: there is no request left that they could be about.
NOT_WITH_REDIRECT: Final = ("split", "timeout", "retries", "fault", "mirror", "rewrite")


class ActionSettings(Section):
    """What a rule and a route have in common."""

    split: dict[str, Weight] = Field(
        default={},
        description="percent of the requests for each subset; the sum is 100",
        examples=[{"v1": 50, "v2": 50}],
    )
    timeout: Duration | None = Field(default=None, description="time for the whole answer", examples=["2s"])
    retries: Retries | None = Field(default=None, description="retries", examples=[{"attempts": 3}])
    fault: Fault | None = Field(default=None, description="faults to inject", examples=[{}])
    mirror: Mirror | None = Field(default=None, description="copies of the requests", examples=[{"subset": "v2"}])
    rewrite: Rewrite | None = Field(default=None, description="what the service sees", examples=[{"uri": "/"}])
    redirect: Redirect | None = Field(default=None, description="answer instead", examples=[{"uri": "/new"}])
    headers: Headers | None = Field(default=None, description="changes of headers", examples=[{}])
    cors_policy: CorsPolicy | None = Field(default=None, description="CORS", examples=[{}])

    def action_problems(self, path: str, subsets: Sequence[str], subsets_key: str) -> Iterator[Problem]:
        """Yield what is wrong between the actions, and between them and the subsets.

        Args:
            path: where the rule, or route, stands in the config.
            subsets: what can be routed to; none where the service is routed to as a whole.
            subsets_key: where they stand in the config.
        """
        if self.redirect is not None:
            for name in NOT_WITH_REDIRECT:
                if name in self.model_fields_set:
                    key = f"{path}.{name}"
                    rule = f"with {path}.redirect no request reaches the service"
                    yield Problem(key=key, value=_shown(getattr(self, name)), rule=rule, fix=unset_command(key))
        if self.split:
            yield from self._split_problems(f"{path}.split", subsets, subsets_key)
        if self.mirror is not None and self.mirror.subset is not None and self.mirror.subset not in subsets:
            key = f"{path}.mirror.subset"
            rule = _unknown(subsets, subsets_key)
            yield Problem(key=key, value=self.mirror.subset, rule=rule, fix=unset_command(key))

    def host_problems(self, path: str, given: Collection[str]) -> Iterator[Problem]:
        """Yield a Host header that is told twice.

        Args:
            path: where the rule, or route, stands in the config.
            given: what it says itself, by the fields' names; the rest is inherited.
        """
        authority = self.rewrite.authority if self.rewrite is not None else None
        hosts = [*([authority] if authority else []), *(self.headers.hosts() if self.headers is not None else [])]
        if len(hosts) > 1 and not {"rewrite", "headers"}.isdisjoint(given):
            key = f"{path}.{'headers' if 'headers' in given else 'rewrite'}"
            rule = "rewrite.authority, headers.request.set and headers.request.add tell the Host header more than once"
            yield Problem(key=key, value=hosts, rule=rule, fix=unset_command(key))

    def _split_problems(self, key: str, subsets: Sequence[str], subsets_key: str) -> Iterator[Problem]:
        given = self.split if "split" in self.model_fields_set else {}
        fix = mending_command(key, given, subsets) if subsets else unset_command(key)
        for subset in self.split:
            if subset not in subsets:
                rule = _unknown(subsets, subsets_key)
                yield Problem(key=member(key, subset), value=self.split[subset], rule=rule, fix=fix)
        total = sum(self.split.values())
        if total != WHOLE:
            yield Problem(key=key, value=self.split, rule=f"the weights sum to {total}, not {WHOLE}", fix=fix)


class RuleSettings(ActionSettings):
    """A special case of a route: what happens to the requests that it matches."""

    match: tuple[MatchSettings, ...] = Field(
        description="requests that this rule is for; one of these is enough",
        examples=[{"headers": {"end-user": {"exact": "jason"}}}],
        strict=False,
    )

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield a rule for no request."""
        yield from self.inner_problems(path)
        if not self.match:
            rule = "a rule needs at least one match; what is for all requests stands in the route itself"
            yield Problem(key=f"{path}.match", value=[], rule=rule, fix=unset_command(path))
        for index, match in enumerate(self.match):
            if match.is_for_all:
                key = f"{path}.match[{index}]"
                rule = "a match says what a request must have; what is for all requests stands in the route itself"
                fix = unset_command(path if len(self.match) == 1 else key)
                yield Problem(key=key, value=match.content(), rule=rule, fix=fix)

    def within(self, route: ActionSettings) -> Self:
        """Return the rule with what it leaves out, as the route has it."""
        left_out = set(ActionSettings.model_fields) - self.model_fields_set - {"redirect"}
        if self.redirect is not None:
            left_out -= set(NOT_WITH_REDIRECT)
        return self.model_copy(update={name: getattr(route, name) for name in left_out})


def _unknown(subsets: Sequence[str], subsets_key: str) -> str:
    return f"there is no such subset ({subsets_key} has {', '.join(subsets) or 'none'})"


def _shown(value: object) -> object:
    return value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, Section) else value

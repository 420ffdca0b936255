"""Which requests a match is for, and whether it takes all or some of another one's.

As `settings.pattern`, it answers yes only where that is certain. A match is read as istiod reads it: by
`components.virtual_service`, which tells it to Istio.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from settings.match import MatchSettings, StringMatch
from settings.pattern import Pattern
from settings.rule import RuleSettings


@dataclass(frozen=True)
class Requests:
    """Requests that have a path, and all of some conditions.

    Attributes:
        key: where they stand in the config.
        match: what stands there; none for the route's own prefix.
        whole: what goes with them when nothing else is left beside them: the rule of an only match.
        path: their paths.
        having: by what is looked at, such as a header and its name: what it must be.
        lacking: the same for what it must not be.
        is_last: whether istiod puts them behind all other ones of the host, which it does with a bare prefix `/` only.
    """

    key: str
    match: MatchSettings | None
    whole: str
    path: Pattern
    having: Mapping[tuple[str, str], Pattern]
    lacking: Mapping[tuple[str, str], Pattern]
    is_last: bool

    @property
    def value(self) -> object:
        """What stands in the config."""
        return self.path.text if self.match is None else self.match.content()

    def covers(self, other: "Requests") -> bool:
        """Return whether all of the other ones are certainly among these."""
        return (
            self.path.covers(other.path)
            and all(name in other.having and one.covers(other.having[name]) for name, one in self.having.items())
            and all(other.never_has(name, one) for name, one in self.lacking.items())
        )

    def meets(self, other: "Requests") -> bool:
        """Return whether some request is certainly among both; what two headers are is nothing to each other."""
        return (
            self.path.meets(other.path)
            and all(one.meets(other.having.get(name, one)) for name, one in self.having.items())
            and not any(one.covers(other.having[name]) for name, one in self.lacking.items() if name in other.having)
            and not any(one.covers(self.having[name]) for name, one in other.lacking.items() if name in self.having)
        )

    def never_has(self, name: tuple[str, str], unwanted: Pattern) -> bool:
        """Return whether none of these has what is unwanted."""
        if name in self.lacking and self.lacking[name].covers(unwanted):
            return True
        has = self.having.get(name)
        return has is not None and has.kind == "exact" and not unwanted.takes(has.text)


def requests(rules: Sequence[RuleSettings], prefix: str, path: str) -> Iterator[Requests]:
    """Yield the requests of a route's rules, in their order, and last those of the route itself.

    Args:
        rules: the route's.
        prefix: the route's.
        path: where the route stands in the config.
    """
    for number, rule in enumerate(rules):
        whole = f"{path}.rules[{number}]"
        for index, match in enumerate(rule.match):
            key = f"{whole}.match[{index}]"
            yield _of(match, prefix, key, whole if len(rule.match) == 1 else key)
    key = f"{path}.prefix"
    yield Requests(key, None, key, Pattern("prefix", prefix), {}, {}, is_last=prefix == "/")


def _of(match: MatchSettings, prefix: str, key: str, whole: str) -> Requests:
    uri = match.uri if match.uri is not None else StringMatch(prefix=prefix)
    path = Pattern.of(uri, ignore_case=match.ignore_uri_case)
    having = {
        **({("method", ""): Pattern.of(match.method)} if match.method is not None else {}),
        **_by_name("header", match.headers),
        **_by_name("query", match.query_params),
        **_by_name("cookie", match.cookies),
    }
    lacking = _by_name("header", match.without_headers)
    is_last = uri.prefix == "/" and not having and not lacking
    return Requests(key, match, whole, path, having, lacking, is_last)


def _by_name(what: str, matches: Mapping[str, StringMatch]) -> dict[tuple[str, str], Pattern]:
    return {(what, name): Pattern.of(one) for name, one in matches.items()}

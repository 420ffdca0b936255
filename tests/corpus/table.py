"""docs/validation.md, from the corpus: `python -m tests.corpus.table > docs/validation.md`.

A unit test holds the file to it.
"""

from collections.abc import Iterator, Sequence

from tests.corpus.documents import Document, documents

HEAD = """# What is checked before Envoy

This project has no validating webhook, and istiod does not check again what the API server took. So an object that
Envoy refuses would not only fail itself: the gateway keeps the last routes that it had, of every route on that port,
and takes no change any more, and nobody is told. Therefore the config is checked before anything is created, for all
that the webhook would have refused, and for some more. Every problem is told at once, with its key, its value, the
rule and the command that mends it.

## What

- Each value: durations, percentages, ports, weights, statuses, hosts, names and values of headers, retry conditions,
  regexes (by RE2 itself, the engine that Envoy has), limits. Types are in `settings/values.py`.
- What keys say together: a split between subsets that are there; a redirect and what it leaves nothing for; a Host
  header that is told twice; a host that another one of the same route has in it.
- Rules that are never reached, within a route: a match that an earlier one covers, and a rule that leaves nothing for
  the route itself (`settings/shadow.py`).
- Two routes of one host and Gateway that are for some of the same requests (`settings/overlap.py`): istiod puts a
  host's VirtualServices one behind the other by their age, so chance would decide. A bare `/` is fine, istiod sorts
  it last. To Istio a prefix ends anywhere: `/reviews` has `/reviews-admin` in it, `/reviews/` has not.
- A Service in two routes, a host with TLS in two routes, a redirect to HTTPS that takes another route of its host
  along.

What it says is certain: of two regexes it knows only that they are the same, and two matches are compared with each
other, never three. It does not look into the cluster: a Service, Secret or Gateway that is not there is not found. Of
two Gateways that are there it does not know whether they are on the same port. A host has the routes that name it and
no others: beside a route for `shop.example.com` one for `*` does not answer there.

## How it was held against Istio

`tests/corpus` has {count} documents, good and bad, each with what our settings say to it and what Istio does. A unit
test gives each to the settings. A test of the lab renders all of them, the bad ones without our checks, and gives the
objects to `istioctl validate`, which is the webhook's own code, and to `istioctl analyze`, which sees several
objects; it needs no cluster, and takes a second or two. {both} documents are taken by both and {neither} refused by
both. **Nothing that Istio refuses is taken here.** The other {differences} are refused here only:
"""


def document() -> str:
    """Return docs/validation.md."""
    found = documents()
    differing = [one for one in found if one.why]
    head = HEAD.format(
        count=len(found),
        both=sum(not one.refused and not one.istio_refuses for one in found),
        neither=sum(bool(one.refused and one.istio_refuses) for one in found),
        differences=len(differing),
    )
    return "\n".join([head, *_table(differing)]) + "\n"


def _table(differing: Sequence[Document]) -> Iterator[str]:
    yield "| what is refused here, and taken by Istio | why |"
    yield "|---|---|"
    for one in differing:
        warned = " (Istio warns)" if one.istio_warns else ""
        yield f"| {one.name}{warned} | {one.why} |".replace("*", r"\*")


if __name__ == "__main__":
    print(document(), end="")

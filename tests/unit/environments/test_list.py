"""Which environments there are."""

import json

from tests.unit.environments.conftest import Run, World


def test_none_is_said_in_words(run: Run) -> None:
    assert run("list").err == "there is no environment\n"


def test_each_has_a_line_with_owner_age_ttl_and_what_is_left_of_it(run: Run, world: World) -> None:
    world.stack("pr-7", age=10, ttl="72h", owner="team-a")
    assert run("list").out.splitlines()[1].split() == ["pr-7", "team-a", "10h00m", "72h", "in", "2d14h", "5"]


def test_one_past_its_time_says_since_when(run: Run, world: World) -> None:
    world.stack("pr-7", age=100, ttl="3d")
    assert run("list").out.splitlines()[1].split() == ["pr-7", "-", "4d4h", "3d", "28h00m", "ago", "5"]


def test_one_that_nobody_made_here_never_expires(run: Run, world: World) -> None:
    world.stack("dev")
    assert run("list").out.splitlines()[1].split() == ["dev", "-", "-", "-", "never", "5"]


def test_one_without_resources_says_so(run: Run, world: World) -> None:
    world.stack("pr-7", age=0, ttl="1h", resources=0)
    assert run("list").out.splitlines()[1].split() == ["pr-7", "-", "0m", "1h", "in", "1h00m", "none"]


def test_they_stand_in_the_order_of_their_names(run: Run, world: World) -> None:
    for name in ("pr-9", "dev", "pr-1"):
        world.stack(name)
    assert [line.split()[0] for line in run("list").out.splitlines()[1:]] == ["dev", "pr-1", "pr-9"]


def test_json_is_all_that_is_printed_when_it_is_asked_for(run: Run, world: World) -> None:
    world.stack("pr-7", age=100, ttl="3d", owner="team-a")
    (one,) = json.loads(run("list", "--json").out)
    assert one == {
        "name": "pr-7",
        "created": "2026-11-20T08:00:00+00:00",
        "ageSeconds": 360000,
        "ttl": "3d",
        "expires": "2026-11-23T08:00:00+00:00",
        "expired": True,
        "owner": "team-a",
        "resources": 5,
        "lastUpdate": None,
    }


def test_json_of_none_is_an_empty_list(run: Run) -> None:
    assert json.loads(run("list", "--json").out) == []


def test_a_time_without_a_zone_is_utc(run: Run, world: World) -> None:
    world.stack("pr-7")
    world.write(stacks={"pr-7": {"tags": {"environment:created": "2026-11-24T10:00:00", "environment:ttl": "1h"}}})
    assert json.loads(run("list", "--json").out)[0]["expired"] is True


def test_tags_that_say_nothing_sensible_count_as_none(run: Run, world: World) -> None:
    world.write(stacks={"pr-7": {"tags": {"environment:created": "yesterday", "environment:ttl": "soon"}}})
    (one,) = json.loads(run("list", "--json").out)
    assert (one["created"], one["ttl"], one["expired"]) == (None, None, False)


def test_one_that_goes_while_they_are_listed_is_left_out(run: Run, world: World) -> None:
    world.stack("pr-7")
    world.stack("pr-8")
    world.write(fail={"stack tag ls pr-7": "error: no stack named 'pr-7' found"})
    assert [one["name"] for one in json.loads(run("list", "--json").out)] == ["pr-8"]


def test_any_other_failure_is_told(run: Run, world: World) -> None:
    world.stack("pr-7")
    world.write(fail={"stack tag ls pr-7": "error: AccessDenied"})
    ended = run("list")
    assert ended.code == 1 and "AccessDenied" in ended.err

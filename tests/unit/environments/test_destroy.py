"""Taking an environment down, one or all that are past their time."""

from typing import Any

import pytest

from tests.unit.environments.conftest import Run, World

LOCKED = (
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the "
    "lock file with `pulumi cancel`.\n  s3://states/x.json: created by ci@runner-1 (pid 42) at 2026-11-24T10:00Z"
)


class TestDestroy:
    """One, by its name."""

    def test_ends_with_the_stack_gone(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1, ttl="72h")
        assert run("destroy", "pr-7").code == 0 and world.stacks == {}

    def test_forgets_what_a_lost_cluster_had(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        run("destroy", "pr-7")
        assert "destroy pr-7 forgetting what is lost" in world.calls, "else it is stuck for ever"

    def test_says_that_what_was_in_a_lost_cluster_is_not_deleted(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        world.write(say={"destroy pr-7": "warning: configured Kubernetes cluster is unreachable: timeout\n"})
        assert "is forgotten, not deleted" in run("destroy", "pr-7").err

    def test_says_nothing_of_the_kind_of_a_cluster_that_answers(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        assert "forgotten" not in run("destroy", "pr-7").err

    def test_shows_what_pulumi_says_as_it_goes(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        world.write(say={"destroy pr-7": "deleted a cluster\n"})
        assert "deleted a cluster\n" in run("destroy", "pr-7").err

    def test_runs_nothing_for_a_stack_without_resources(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1, resources=0)
        assert run("destroy", "pr-7").code == 0
        assert not [call for call in world.calls if call.startswith("destroy")] and world.stacks == {}

    def test_of_one_that_is_gone_is_done(self, run: Run) -> None:
        ended = run("destroy", "pr-7")
        assert (ended.code, ended.err) == (0, "pr-7 is gone already\n"), "a pull request may be closed twice"

    def test_takes_the_config_of_an_environment_along(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        (world.folder / "Pulumi.pr-7.yaml").touch()
        run("destroy", "pr-7")
        assert not (world.folder / "Pulumi.pr-7.yaml").exists()

    def test_keeps_a_config_that_somebody_wrote(self, run: Run, world: World) -> None:
        world.stack("dev")
        (world.folder / "Pulumi.dev.yaml").touch()
        run("destroy", "dev")
        assert (world.folder / "Pulumi.dev.yaml").exists(), "it is in the repository"

    def test_keeps_the_stack_when_it_is_asked_to(self, run: Run, world: World) -> None:
        world.stack("local")
        assert run("destroy", "local", "--keep-stack").code == 0 and "local" in world.stacks

    def test_finds_a_stack_that_is_listed_with_its_organization(self, run: Run, world: World) -> None:
        world.stack("acme/pr-7", age=1, resources=0)
        world.stack("pr-7", age=1, resources=0)
        assert run("destroy", "pr-7").code == 0

    def test_leaves_the_stack_where_pulumi_fails(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        world.write(fail={"destroy pr-7": "error: quota exceeded"})
        ended = run("destroy", "pr-7")
        assert ended.code == 1 and "quota exceeded" in ended.err and "pr-7" in world.stacks

    def test_explains_a_lock_with_its_holder_and_the_fix(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        world.write(fail={"destroy pr-7": LOCKED})
        ended = run("destroy", "pr-7")
        assert ended.code == 1 and "locked by ci@runner-1, process 42, since 2026-11-24T10:00Z" in ended.err
        assert "pulumi cancel --yes --stack pr-7" in ended.err

    def test_explains_the_lock_of_the_pulumi_cloud(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        world.write(fail={"destroy pr-7": "error: [409] Conflict: Another update is currently in progress."})
        assert "pr-7 is locked by another run" in run("destroy", "pr-7").err

    def test_never_takes_a_lock_away_that_is_not_on_this_machine(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1)
        world.write(fail={"destroy pr-7": LOCKED})
        run("destroy", "pr-7")
        assert not [call for call in world.calls if call.startswith("cancel")]


@pytest.fixture(name="many")
def _many(world: World) -> World:
    stacks: dict[str, dict[str, Any]] = {
        "old": {"age": 100, "ttl": "72h"},
        "older": {"age": 200, "ttl": "3d"},
        "young": {"age": 1, "ttl": "72h"},
        "ageless": {"age": 9000},
        "dev": {},
    }
    for name, stack in stacks.items():
        world.stack(name, **stack)
    return world


class TestSweep:
    """All that are past their time."""

    def test_takes_those_and_no_other(self, run: Run, many: World) -> None:
        assert run("sweep").code == 0
        assert set(many.stacks) == {"young", "ageless", "dev"}, "one without a TTL is never swept"

    def test_only_tells_in_a_dry_run(self, run: Run, many: World) -> None:
        ended = run("sweep", "--dry-run")
        assert (ended.code, ended.out, len(many.stacks)) == (0, "old\nolder\n", 5)

    def test_goes_on_past_one_that_fails(self, run: Run, many: World) -> None:
        many.write(fail={"destroy old": "error: quota exceeded"})
        run("sweep")
        assert set(many.stacks) == {"old", "young", "ageless", "dev"}

    def test_ends_with_1_and_the_list_of_those_that_failed(self, run: Run, many: World) -> None:
        many.write(fail={"destroy old": "error: quota exceeded"})
        ended = run("sweep")
        assert ended.code == 1 and "not destroyed: old\n" in ended.err and "quota exceeded" in ended.err

    def test_says_so_when_there_is_nothing_to_do(self, run: Run, world: World) -> None:
        world.stack("young", age=1, ttl="72h")
        ended = run("sweep")
        assert (ended.code, ended.err) == (0, "no environment is past its time\n")

    def test_takes_one_at_the_very_end_of_its_time(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=72, ttl="72h")
        run("sweep")
        assert world.stacks == {}

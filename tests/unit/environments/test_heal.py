"""What a killed run left behind: objects of which the state knows only that something was begun."""

from typing import Any

import pytest

from tests.unit.environments.conftest import Run, World

URN = "urn:pulumi:pr-7::incremental-istio::a:b:C$kubernetes:apps/v1:Deployment::sleep"


def _begun(kind: str = "creating", **more: Any) -> dict[str, Any]:
    metadata = {"name": "sleep", "namespace": "default"}
    resource = {"urn": URN, "type": "kubernetes:apps/v1:Deployment", "inputs": {"metadata": metadata}, **more}
    return {"type": kind, "resource": resource}


@pytest.fixture(name="killed")
def _killed(world: World) -> World:
    world.stack("pr-7", age=1, deployment={"resources": [{"urn": "first"}], "pending_operations": [_begun()]})
    return world


class TestObjects:
    """Those that were being made."""

    def test_are_taken_into_the_state_with_their_id(self, run: Run, killed: World) -> None:
        assert run("heal", "pr-7").code == 0
        first, adopted = killed.stacks["pr-7"]["deployment"]["resources"]
        assert (first["urn"], adopted["urn"], adopted["id"]) == ("first", URN, "default/sleep")

    def test_are_no_longer_begun(self, run: Run, killed: World) -> None:
        run("heal", "pr-7")
        assert killed.stacks["pr-7"]["deployment"]["pending_operations"] == []

    def test_are_looked_for_and_dropped_again_if_they_were_not_made(self, run: Run, killed: World) -> None:
        run("heal", "pr-7")
        refresh = next(one for one in killed.read()["arguments"] if one[0] == "refresh")
        assert refresh[refresh.index("--target") + 1] == URN, "only they: a refresh of everything takes longer"

    def test_are_not_forgotten_because_the_cluster_is_away(self, run: Run, killed: World) -> None:
        run("heal", "pr-7")
        assert "refresh pr-7" in killed.calls

    def test_are_forgotten_with_a_lost_cluster_by_destroy(self, run: Run, killed: World) -> None:
        run("destroy", "pr-7")
        assert "refresh pr-7 forgetting what is lost" in killed.calls

    def test_are_looked_for_again_if_that_was_cut_short(self, run: Run, killed: World) -> None:
        killed.write(fail={"refresh pr-7": "error: the cluster is unreachable"})
        run("heal", "pr-7")
        killed.write(fail={}, calls=[])
        assert run("heal", "pr-7").code == 0
        assert killed.calls == ["stack export pr-7", "refresh pr-7"], "the state would be believed for ever"

    def test_have_only_a_name_where_the_kind_has_no_namespace(self, run: Run, world: World) -> None:
        begun = _begun(type="kubernetes:core/v1:Namespace", inputs={"metadata": {"name": "istio-system"}})
        world.stack("pr-7", deployment={"pending_operations": [begun]})
        run("heal", "pr-7")
        assert world.stacks["pr-7"]["deployment"]["resources"][0]["id"] == "istio-system"

    def test_that_were_only_read_need_nothing(self, run: Run, world: World) -> None:
        world.stack("pr-7", deployment={"resources": [{"urn": URN}], "pending_operations": [_begun("reading")]})
        run("heal", "pr-7")
        assert world.calls[-1] == "stack import pr-7", "which clears away what was begun"

    def test_that_were_being_changed_are_looked_at(self, run: Run, world: World) -> None:
        world.stack("pr-7", deployment={"resources": [{"urn": URN}], "pending_operations": [_begun("updating")]})
        run("heal", "pr-7")
        assert world.calls[-1] == "refresh pr-7", "the state may be ahead of the object, or behind it"

    def test_that_were_being_deleted_are_deleted_to_the_end(self, run: Run, world: World) -> None:
        world.stack("pr-7", deployment={"resources": [{"urn": URN}], "pending_operations": [_begun("deleting")]})
        assert "deleted 1 objects to the end" in run("heal", "pr-7").err
        destroy = next(one for one in world.read()["arguments"] if one[0] == "destroy")
        assert destroy[destroy.index("--target") + 1] == URN, "`up` would believe the state, and not make it"

    def test_that_were_being_deleted_are_left_to_a_destroy(self, run: Run, world: World) -> None:
        world.stack("pr-7", age=1, deployment={"resources": [{"urn": URN}], "pending_operations": [_begun("deleting")]})
        run("destroy", "pr-7")
        assert len([call for call in world.calls if call.startswith("destroy")]) == 1

    def test_that_are_deleted_already_are_not_deleted_again(self, run: Run, world: World) -> None:
        world.stack("pr-7", deployment={"pending_operations": [_begun("deleting")]})
        run("heal", "pr-7")
        assert not [call for call in world.calls if call.startswith("destroy")]

    def test_that_were_replaced_are_left_to_the_next_up(self, run: Run, world: World) -> None:
        both = [{"urn": URN}, {"urn": URN, "delete": True}]
        world.stack("pr-7", deployment={"resources": both, "pending_operations": [_begun("deleting")]})
        run("heal", "pr-7")
        assert not [call for call in world.calls if call.startswith("destroy")], "the new one has the same name"

    def test_whose_id_only_google_could_tell_are_named_with_the_fix(self, run: Run, world: World) -> None:
        urn = "urn:pulumi:pr-7::incremental-istio::a:b:C$gcp:container/cluster:Cluster::istio-inc-cluster"
        begun = _begun(urn=urn, type="gcp:container/cluster:Cluster", inputs={"name": "istio-inc"})
        world.stack("pr-7", deployment={"pending_operations": [begun]})
        ended = run("heal", "pr-7")
        assert ended.code == 0, "the next run may well succeed"
        assert "pulumi import --stack pr-7 gcp:container/cluster:Cluster istio-inc-cluster ID" in ended.err

    def test_are_left_alone_while_another_run_holds_the_stack(self, run: Run, killed: World) -> None:
        killed.write(fail={"stack import pr-7": "error: could not import: the stack is currently locked by 1 lock(s)."})
        ended = run("heal", "pr-7")
        assert ended.code == 1 and "pr-7 is locked by another run" in ended.err


def test_a_stack_that_was_not_killed_is_only_looked_at(run: Run, world: World) -> None:
    world.stack("pr-7", deployment={"resources": [{"urn": "first"}]})
    assert (run("heal", "pr-7").err, world.calls[-1]) == ("", "stack export pr-7")


def test_a_stack_that_is_not_there_needs_nothing(run: Run) -> None:
    ended = run("heal", "pr-7")
    assert (ended.code, ended.err) == (0, "")


def test_a_state_that_cannot_be_read_is_told(run: Run, world: World) -> None:
    world.write(fail={"stack export pr-7": "error: AccessDenied"})
    ended = run("heal", "pr-7")
    assert ended.code == 1 and "AccessDenied" in ended.err


def test_a_refresh_that_fails_is_told(run: Run, killed: World) -> None:
    killed.write(fail={"refresh pr-7": "error: cluster is unreachable"})
    ended = run("heal", "pr-7")
    assert ended.code == 1 and "cluster is unreachable" in ended.err


def test_an_import_that_fails_is_told(run: Run, killed: World) -> None:
    killed.write(fail={"stack import pr-7": "error: AccessDenied"})
    ended = run("heal", "pr-7")
    assert ended.code == 1 and "AccessDenied" in ended.err

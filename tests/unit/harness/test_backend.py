from tests.lab import backend, echo


def test_every_service_has_the_same_pods_behind_it() -> None:
    made = backend.objects("shop", ["a", "b"], {"v1": 1})
    services = {one["metadata"]["name"]: one["spec"]["selector"] for one in made if one["kind"] == "Service"}
    pods = next(one for one in made if one["kind"] == "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert services == {"a": {"app": "echo"}, "b": {"app": "echo"}} and pods["app"] == "echo"


def test_there_is_a_deployment_for_each_version_with_its_pods() -> None:
    made = backend.objects("shop", [], {"v1": 1, "v2": 3})
    replicas = {
        one["spec"]["template"]["metadata"]["labels"]["version"]: one["spec"]["replicas"]
        for one in made
        if one["kind"] == "Deployment"
    }
    assert replicas == {"v1": 1, "v2": 3}


def test_another_program_is_another_pod() -> None:
    one, other = (backend._deployment("shop", "v1", 1, program)["spec"]["template"] for program in ("a", "b"))
    assert one != other


def test_the_pod_answers_where_the_server_listens() -> None:
    made = backend.objects("shop", ["a"], {"v1": 1})
    service = next(one for one in made if one["kind"] == "Service")
    container = made[-1]["spec"]["template"]["spec"]["containers"][0]
    asked = {service["spec"]["ports"][0]["port"], container["readinessProbe"]["httpGet"]["port"]}
    assert asked == {echo.PORT}

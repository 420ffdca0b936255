"""``python -m checks``: the command line and its exit codes.

Exit codes: 0 both verdicts hold, 1 a verdict does not hold, 2 nothing could be measured.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from checks import as_json, cluster, measurement, options, progress, report, target
from checks.problem import CheckError
from checks.target import TargetFlags

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

HOLDS, DOES_NOT_HOLD, NOT_MEASURED = 0, 1, 2


@app.command()
def main(
    stack: Annotated[str | None, typer.Option(help="Pulumi stack whose outputs say what to measure.")] = None,
    outputs: Annotated[
        Path | None, typer.Option(help="File of `pulumi stack output --json --show-secrets` instead.")
    ] = None,
    kubeconfig: Annotated[Path | None, typer.Option(help="Kubeconfig; without it kubectl's default.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Namespace of the app.", show_default=target.NAMESPACE)] = None,
    caller: Annotated[
        str | None,
        typer.Option(
            metavar="[NAMESPACE/]APP", help="Label `app` of the pod that asks; it has curl.", show_default="sleep"
        ),
    ] = None,
    app_label: Annotated[
        str | None, typer.Option("--app", help="Label `app` of the pods.", show_default=target.APP)
    ] = None,
    plain_url: Annotated[
        str | None, typer.Option(help="URL straight to the Service.", show_default=target.PLAIN_URL)
    ] = None,
    gateway_url: Annotated[
        str | None, typer.Option(help="URL through the ingress gateway.", show_default=target.GATEWAY_URL)
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="VERSION=PERCENT", help="Promised share; repeat it.", show_default="v1=50 v2=50"),
    ] = None,
    requests: Annotated[int, typer.Option(help="Requests on each path.")] = options.DEFAULT_REQUESTS,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a first answer.")] = options.DEFAULT_WAIT,
    as_json_: Annotated[bool, typer.Option("--json", help="JSON on stdout and nothing else.")] = False,  # noqa: FBT002 - a flag
    picture: Annotated[Path | None, typer.Option(help="Also draw a chart: FILE.png or FILE.svg.")] = None,
) -> None:
    """Measure who answers, straight to the Service and through the gateway.

    Exits with 0 where both verdicts hold, 1 where one does not, 2 where nothing could be measured.
    """
    flags = TargetFlags(
        kubeconfig=kubeconfig,
        context=context,
        namespace=namespace,
        app=app_label,
        plain_url=plain_url,
        gateway_url=gateway_url,
        weights=tuple(weight or ()),
        caller=caller,
    )
    try:
        chosen = options.resolve(
            flags, stack=stack, outputs_file=outputs, requests=requests, wait=wait, picture=picture
        )
        reached = cluster.connect(chosen.target)
        elsewhere = chosen.target.caller_namespace
        callers = cluster.connect(replace(chosen.target, namespace=elsewhere)) if elsewhere else reached
        with progress.shown(chosen.requests, Console(stderr=True)) as reporter:
            result = measurement.measure(reached, chosen, reporter, callers)
    except CheckError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(NOT_MEASURED) from None

    if as_json_:
        typer.echo(as_json.render(result))
    else:
        report.show(result, Console(highlight=False))
    if chosen.picture:
        _draw(result, chosen.picture)
    raise typer.Exit(HOLDS if result.holds else DOES_NOT_HOLD)


def _draw(result: measurement.Result, file: Path) -> None:
    from checks import picture

    try:
        picture.save(result, file)
    except OSError as error:
        typer.echo(f"the chart was not written to {file}: {error.strerror}", err=True)
        raise typer.Exit(NOT_MEASURED) from None


if __name__ == "__main__":
    app(prog_name="python -m checks")

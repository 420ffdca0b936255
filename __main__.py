"""Istio's post "Incremental Istio Part 1, Traffic Management", as one stack.

https://istio.io/latest/blog/2018/incremental-traffic-management/
"""

import pulumi

import settings as config
from components import cluster, installation
from components.bookinfo import Bookinfo, BookinfoArgs
from components.egress import EgressRoute, EgressRouteArgs
from components.lifetime import goes_with
from components.namespace import ensure_namespace
from components.outputs import export
from components.route import GatewayRoute, GatewayRouteArgs
from components.sleep import Sleep, SleepArgs

# Everything that is wrong with the config is told here, before anything is declared.
settings = config.load()

# A cluster: the stack's own on GKE, or one of your kubeconfig.
home = cluster.provide(settings)
here = pulumi.ResourceOptions.merge(goes_with(home.lifetime), pulumi.ResourceOptions(provider=home.provider))

# Istio for traffic management only: istiod, an ingress and an egress gateway, as far as they are not there.
istio = installation.provide(settings, here)

# Two applications that know nothing of Istio: no sidecar, no webhook, no label.
namespace = ensure_namespace(settings.namespace, here)
apps = pulumi.ResourceOptions.merge(here, pulumi.ResourceOptions(depends_on=[*namespace, *istio.head_start]))
if settings.bookinfo:
    Bookinfo("bookinfo", BookinfoArgs(namespace=settings.namespace), apps)
    Sleep("sleep", SleepArgs(namespace=settings.namespace), apps)

# The post's split, and every other route, programmed into the ingress gateway and nowhere else.
for name, route in settings.routes.items():
    GatewayRoute(
        name,
        GatewayRouteArgs(
            route=route, gateway_selector=istio.ingress.selector, gateway_namespace=istio.ingress.namespace
        ),
        pulumi.ResourceOptions.merge(apps, pulumi.ResourceOptions(depends_on=istio.crds)),
    )

# The way out, for callers that ask the egress gateway for a service outside the cluster.
for name, egress in settings.egress.items():
    EgressRoute(
        name,
        EgressRouteArgs(egress=egress, gateway_host=istio.way_out.host, gateway_selector=istio.way_out.selector),
        pulumi.ResourceOptions.merge(apps, pulumi.ResourceOptions(depends_on=istio.crds)),
    )

# What a person, and `python -m checks`, needs to use it.
export(settings, home, istio)

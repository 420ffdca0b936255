"""Settings from a content that nobody checked, so that Istio can be shown what we refuse."""

import warnings
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from components import destination_rule, virtual_service
from components.istio_object import API_VERSION
from components.route import servers
from settings.problem import Section
from settings.route import RouteSettings


def objects(content: Mapping[str, Any], namespace: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a route, as `components.route` declares them."""
    route: Any = unchecked(RouteSettings, {**content, "namespace": namespace})
    with warnings.catch_warnings():
        # pydantic warns of values that are not of their field's type: these are what is to be shown.
        warnings.simplefilter("ignore", UserWarning)
        gateway = route.gateway or f"{route.service}-gateway"
        if route.gateway is None:
            yield _object("Gateway", gateway, namespace, {"selector": {"of": namespace}, "servers": servers(route)})
        if destination_rule.is_needed(route):
            yield _object("DestinationRule", route.service, namespace, destination_rule.spec(route))
        yield _object("VirtualService", route.service, namespace, virtual_service.spec(route, [gateway]))


def unchecked(section: type[Section], content: Mapping[str, Any]) -> Section:
    """Return a section with the content as it is, and the sections in it."""
    values = {
        name: _value(field.annotation, content.get(field.alias or name))
        for name, field in section.model_fields.items()
        if (field.alias or name) in content or field.is_required()
    }
    return section.model_construct(_fields_set=set(values), **values)


def _value(annotation: Any, value: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, Section) and isinstance(value, Mapping):
        return unchecked(annotation, value)
    if get_origin(annotation) is tuple and isinstance(value, list):
        return tuple(_value(get_args(annotation)[0], item) for item in value)
    if get_origin(annotation) is dict and isinstance(value, Mapping):
        return {name: _value(get_args(annotation)[1], item) for name, item in value.items()}
    return value


def _object(kind: str, name: str, namespace: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}

"""The OpenAPI 3.1 document, from the same descriptors that the calls are made of."""

import re
from typing import Any

from pydantic.json_schema import models_json_schema

from folkmoot.kernel.registry import Owned, Registry
from folkmoot.spec.descriptors import PUBLIC, ApiRoute
from folkmoot.web.api import PREFIX

PARAMETER = re.compile(r"\{(\w+):\w+\}")
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def openapi_document(registry: Registry, *, title: str, version: str, plugins: frozenset[str]) -> dict[str, Any]:
    """Return the document for a site: core's calls, and those of the plugins that are on."""
    routes = [owned for owned in registry.api_routes if owned.plugin == "core" or owned.plugin in plugins]
    schemas, names = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for owned in routes:
        path = PREFIX + PARAMETER.sub(r"{\1}", owned.item.path)
        paths.setdefault(path, {})[owned.item.method.lower()] = _operation(owned, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(routes: list[Owned[ApiRoute]]) -> tuple[dict[str, Any], dict[Any, dict[str, Any]]]:
    wanted = [(o.item.body, "validation") for o in routes if o.item.body]
    wanted += [(o.item.answer, "serialization") for o in routes if o.item.answer]
    inputs: Any = list(dict.fromkeys(wanted))
    names, definitions = models_json_schema(inputs, ref_template="#/components/schemas/{model}")
    return definitions.get("$defs", {}), dict(names)


def _operation(owned: Owned[ApiRoute], names: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    route = owned.item
    answer = names.get((route.answer, "serialization"), {})
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [owned.plugin],
        "parameters": _parameters(route),
        "responses": {
            str(route.status): {"description": "Done", "content": {"application/json": {"schema": answer}}},
            "default": {
                "description": "What is wrong, as problem details",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
        "security": [] if route.permission == PUBLIC else [{"token": []}],
    }
    content: dict[str, Any] = {}
    if route.body:
        content["application/json"] = {"schema": names[route.body, "validation"]}
    if route.form:
        content["multipart/form-data"] = {"schema": {"type": "object"}}
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _operation_id(route: ApiRoute) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", PARAMETER.sub(r"by_\1", route.path)).strip("_")
    return f"{route.method.lower()}_{words}"


def _parameters(route: ApiRoute) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in PARAMETER.findall(route.path)
    ]
    found += [{"name": name, "in": "query", "required": False, "schema": text} for name in route.query]
    if route.idempotent:
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": text})
    return found

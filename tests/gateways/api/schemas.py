"""Whether an answer is what the OpenAPI document promises."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from roomful.gateways.http.api.openapi import document


def checked(operation: dict[str, Any], status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raises AssertionError, ValidationError: it is not."""
    responses = operation["responses"]
    promised = responses.get(str(status)) or responses.get(f"{status // 100}XX")
    assert promised is not None, f"{operation['operationId']} is answered with {status}, of which nothing is said"
    if "$ref" in promised:
        promised = document()["components"]["responses"]["Problem"]
    contents = promised.get("content")
    if contents is None:
        assert not body, f"{operation['operationId']}: nothing was promised, and {body[:80]!r} came"
        return
    media = headers["Content-Type"].partition(";")[0]
    assert media in contents, f"{operation['operationId']}: {media} is not promised"
    if media.endswith("json"):
        ref = contents[media]["schema"]["$ref"]
        validator(ref).validate(json.loads(body))


@cache
def validator(ref: str) -> Draft202012Validator:
    """Checks against one type of the document."""
    resource: Resource[Any] = Resource.from_contents(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **document()}
    )
    registry: Registry[Any] = Registry().with_resource("urn:roomful", resource)
    return Draft202012Validator({"$ref": f"urn:roomful{ref}"}, registry=registry)

"""As much of JSON Schema as ours uses: says where a value does not fit."""

import re
from collections.abc import Iterator
from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "null": type(None)}


def misfits(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> Iterator[str]:
    """The places where `value` is not what `schema` says."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if all(list(misfits(value, each, root, at)) for each in schema["anyOf"]):
            yield f"{at}: fits none"
        return
    types = schema.get("type", [])
    if types and not isinstance(
        value, tuple(TYPES[each] for each in ([types] if isinstance(types, str) else types))
    ):
        yield f"{at}: {type(value).__name__} is not {types}"
        return
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{at}: {value!r}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at}: {value!r}"
    yield from _inside(value, schema, root, at)


def _inside(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, list) and "items" in schema:
        for number, each in enumerate(value):
            yield from misfits(each, schema["items"], root, f"{at}[{number}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        yield from (f"{at}.{name}: missing" for name in schema.get("required", []) if name not in value)
        if schema.get("additionalProperties") is False:
            yield from (f"{at}.{name}: unknown" for name in value if name not in known)
        for name in known.keys() & value.keys():
            yield from misfits(value[name], known[name], root, f"{at}.{name}")

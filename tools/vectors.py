"""tests/vectors/*.json: the bytes beside each object that is sent, one step a line. Their README explains them."""

import json
from typing import Any

from roomful.protocol.frames import frame


def frame_of(obj: dict[str, Any]) -> bytes:
    """The frame of an object as vectors show it: no white space, fields in the order given."""
    return frame(json.dumps(obj, separators=(",", ":"), ensure_ascii=False).encode())


def names(value: Any) -> bool:
    """Whether a value holds a name, such as "$room", that stands for something the server has said before."""
    if isinstance(value, dict):
        return any(names(item) for item in value.values())
    if isinstance(value, list):
        return any(names(item) for item in value)
    return isinstance(value, str) and value.startswith("$")


def refreshed(text: str | None) -> str:
    """The file with the bytes of every object that is known beforehand. Raises ValueError if it is no JSON."""
    vector = json.loads(text or "{}")
    steps = ",\n    ".join(json.dumps(_with_bytes(step), ensure_ascii=False) for step in vector["steps"])
    about = json.dumps(vector["about"], ensure_ascii=False)
    return f'{{\n  "about": {about},\n  "steps": [\n    {steps}\n  ]\n}}\n'


def _with_bytes(step: dict[str, Any]) -> dict[str, Any]:
    if "send" not in step or names(step["send"]):
        return step
    return {**step, "bytes": frame_of(step["send"]).hex()}

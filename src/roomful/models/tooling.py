"""What a model may ask for while it answers: tools, at most so many calls an answer, each so long at most."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs

from .contract import Tool

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelRequest, ModelResponse, ToolCallPart
    from pydantic_ai.models import ModelRequestParameters

Call = Callable[[dict[str, Any]], Awaitable[str]]

MOST = 5  # calls an answer
SECONDS = 30.0  # a call


class Noted:
    """Tools, and whether one of them was called: what has been done must not be done again by another try."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.called = False
        self.tools = tuple(structs.replace(tool, call=self._noting(tool.call)) for tool in tools)

    def _noting(self, call: Call) -> Call:
        async def noted(arguments: dict[str, Any]) -> str:
            self.called = True
            return await call(arguments)

        return noted


class Calls:
    """The calls of one answer."""

    def __init__(self, tools: Sequence[Tool], most: int = MOST, seconds: float = SECONDS) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._most = most
        self._seconds = seconds
        self._made = 0
        self._told = False  # that no more may be made

    @property
    def spent(self) -> bool:
        """Whether it was told that no more calls are made: whoever asks still is not answered."""
        return self._told

    def parameters(self) -> ModelRequestParameters:
        """The tools, in a fixed order, as pydantic-ai takes them."""
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.tools import ToolDefinition

        definitions = [
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=dict(tool.parameters))
            for _, tool in sorted(self._tools.items())
        ]
        return ModelRequestParameters(function_tools=definitions)

    def choice(self) -> dict[str, Any]:
        """The setting that keeps a model from calls that would not be made."""
        return {"tool_choice": "none"} if self._told else {}

    async def answered(self, response: ModelResponse) -> ModelRequest:
        """Make the calls of a response, one after the other, and tell what came of each."""
        from pydantic_ai.messages import ModelRequest, ToolReturnPart

        parts = []
        for call in response.tool_calls:
            said = await self._one(call)
            parts.append(ToolReturnPart(tool_name=call.tool_name, content=said, tool_call_id=call.tool_call_id))
        self._told = self._made >= self._most
        return ModelRequest(parts=parts)

    async def _one(self, call: ToolCallPart) -> str:
        tool = self._tools.get(call.tool_name)
        if self._made >= self._most:
            return f"Not done: at most {self._most} calls an answer. Answer with what there is."
        self._made += 1
        if tool is None:
            return f"There is no tool {call.tool_name}."
        try:
            arguments = call.args_as_dict(raise_if_invalid=True)
        except (ValueError, AssertionError):
            return "Not done: the arguments are no JSON object."
        try:
            async with asyncio.timeout(self._seconds):
                return await tool.call(arguments)
        except TimeoutError:
            return f"Not done: it took longer than {self._seconds:g} s."
        except Exception as why:  # noqa: BLE001 - the tool's author knows what it raises; the model is told, and goes on
            return f"It failed: {why}"

"""The same world as the hub's tests."""

from tests.hub.conftest import node, world

__all__ = ["node", "world"]

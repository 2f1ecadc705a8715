"""AI models by name: `provider:model`. Light to import; what a provider needs is loaded when it is first used."""

from .catalogue import Entry, entries
from .contract import Answer, Message, Model, Role, Tool, Usage
from .desk import Desk, close, model, stream
from .environment import variables
from .names import parse
from .settings import ModelsSettings, Patience, Provider

__all__ = [
    "Answer",
    "Desk",
    "Entry",
    "Message",
    "Model",
    "ModelsSettings",
    "Patience",
    "Provider",
    "Role",
    "Tool",
    "Usage",
    "close",
    "entries",
    "model",
    "parse",
    "stream",
    "variables",
]

"""What can be set of a room."""

from typing import Annotated

from msgspec import Meta, Struct


class RoomSettings(Struct, frozen=True, gc=False, omit_defaults=True):
    """What can be set of a room."""

    description: Annotated[str, Meta(description="What the room is for.")] = ""
    history: Annotated[str, Meta(description="`all`, or `joined`: members read from their joining on.")] = "all"
    slow: Annotated[int, Meta(description="Seconds between two messages of one member.")] = 0
    retention: Annotated[int, Meta(description="Days after which texts are erased; 0: never.")] = 0
    archived: Annotated[bool, Meta(description="Nobody may write any more.")] = False
    models: Annotated[str, Meta(description="`local`: no line goes to a model on another machine.")] = "any"

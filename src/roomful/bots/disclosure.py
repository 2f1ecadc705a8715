"""What a bot says of itself when it comes into a room: which model it is, and where the lines go that it reads."""

from typing import TYPE_CHECKING

from roomful.models.offline import greeting

if TYPE_CHECKING:
    from .resident import Resident


def words(resident: "Resident") -> str:
    """`gpt joined (openai:gpt-5-mini): lines it reads go to api.openai.com.` Scripts have words of their own."""
    if resident.scripted:
        return greeting(resident.names[0].model)
    models = ", then ".join(str(name) for name in resident.names) or resident.info.model
    if resident.local:
        return f"{resident.nick} joined ({models}): it runs on this machine."
    where = " and ".join(resident.destinations)
    if not where:
        return f"{resident.nick} joined ({models}): nobody knows this model, so it cannot answer."
    return f"{resident.nick} joined ({models}): lines it reads go to {where}."

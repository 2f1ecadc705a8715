"""The settings of speech: who listens, who speaks."""

from typing import Annotated

from msgspec import Meta, Struct

BY = "`offline`, `azure`, or a provider of models with OpenAI's interface, as `openai` or `NAME:MODEL`; empty: nobody"


class SpeechSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[speech]`: clips become text, answers are spoken. Of a service, key, address and proxy are those of `[providers.NAME]`."""

    listen: Annotated[str, Meta(description=f"Who makes text of clips: {BY}.")] = ""
    speak: Annotated[str, Meta(description=f"Who speaks answers: {BY}.")] = ""
    voice: Annotated[str, Meta(description="The voice of bots that set none, as the speaker calls it.")] = ""
    language: Annotated[
        str, Meta(description="What is spoken here, as `en-US` or `de`; empty: as the listener finds.")
    ] = ""
    grammar: Annotated[
        str, Meta(description="Offline: a file with a grammar (JSGF); nothing is heard but what it allows. Empty: all.")
    ] = ""
    max_seconds: Annotated[float, Meta(ge=1, le=3600, description="How long a clip may be.")] = 300.0
    region: Annotated[
        str, Meta(description="Azure: the region of the key, as `westeurope`; empty: AZURE_SPEECH_REGION.")
    ] = ""
    endpoint: Annotated[str, Meta(description="Azure: an address of one's own in place of the region's.")] = ""
    key_env: Annotated[
        str, Meta(description="Azure: the variable, of the environment or of `.env`, that holds the key.")
    ] = "AZURE_SPEECH_KEY"
    proxy: Annotated[str, Meta(description="Azure: `http://HOST:PORT`, with `USER:PASSWORD@` if need be.")] = ""
    listen_usd: Annotated[
        float,
        Meta(
            ge=-1,
            description="What listening costs, in USD a minute; -1: as is known of the service, on this machine 0.",
        ),
    ] = -1.0
    speak_usd: Annotated[
        float,
        Meta(
            ge=-1,
            description="What speaking costs, in USD for a million characters; -1: as is known of the service, "
            "on this machine 0.",
        ),
    ] = -1.0
    cache_mb: Annotated[
        int, Meta(ge=0, le=100_000, description="How much of what was spoken is kept, in megabytes.")
    ] = 200

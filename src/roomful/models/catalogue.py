"""The catalogue: every provider that there is, or that the settings add, with what one may want to know of it."""

from collections.abc import Iterator

from msgspec import Struct

from roomful.errors import ModelError

from .names import OFFLINE
from .settings import KNOWN, ModelsSettings, Source, names, shown, source


class Entry(Struct, frozen=True):
    """A provider of models."""

    name: str
    kind: str
    page: str  # address for people
    endpoint: str  # where requests go; empty: not set yet, or nowhere
    destination: str  # where lines go: a host, or "this machine"
    working: bool | None  # None: nobody has tried
    problem: str  # what is missing before it can be tried, or what the trial said; empty: nothing
    stream: bool  # answers grow
    system_message: bool  # instructions are told apart from the conversation
    history: bool  # the conversation is told, not only its newest message
    default_model: str
    models: tuple[str, ...]  # empty: not listed; a probe asks
    aliases: tuple[str, ...]  # other names of its models


def entries(settings: ModelsSettings) -> Iterator[Entry]:
    """The catalogue, from the settings alone: nothing is asked."""
    for name in names(settings):
        found = source(name, settings)
        assert found is not None, "names are those of sources"
        yield entry(found)


def entry(found: Source) -> Entry:
    """The entry of one provider."""
    own, known = found.settings, found.known or KNOWN.get(found.kind)
    used = " ".join(own.fields.values())
    web = found.kind == "web-token"
    offline = found.kind == "offline"
    return Entry(
        found.name,
        found.kind,
        page=shown(own.page) if web else known.page if known else "",
        endpoint=found.shown,
        destination=found.destination,
        working=True if offline else None,
        problem=_missing(found),
        stream=True,
        system_message=not offline and (not web or "{system}" in used),
        history=not offline and (not web or "{conversation}" in used),
        default_model=own.default_model or (known.default_model if known else ""),
        models=OFFLINE if offline else own.models,
        aliases=OFFLINE if offline else (),
    )


def is_set_up(found: Source, settings: ModelsSettings) -> bool:
    """Whether somebody has set it up: a table, a key, an address. What would only be at its usual place is not."""
    if found.kind == "offline" or found.name in settings.providers:
        return True
    asked = found.known.url_env if found.known else ""
    return bool(found.key or (asked and settings.variables.get(asked)))


def _missing(found: Source) -> str:
    if found.kind == "offline":
        return ""
    from .clients import check

    try:
        check(found)
    except ModelError as why:
        return why.message
    return ""

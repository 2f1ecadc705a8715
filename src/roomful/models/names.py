"""The names of models: `provider:model`, and chains of them."""

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from roomful.errors import ModelUnknown, NoSuchProvider

from .settings import ModelsSettings, Source, names, source

OFFLINE = ("eliza", "eliza-de", "parry", "librarian")  # these are known by their own names too


class Name(NamedTuple):
    """A model of a provider."""

    source: Source
    model: str

    @property
    def local(self) -> bool:
        """Whether lines stay on this machine. Ollama passes some on, which it marks."""
        return self.source.local and not self._in_a_cloud

    @property
    def destination(self) -> str:
        """Where lines go, for people."""
        return "ollama.com" if self.source.local and self._in_a_cloud else self.source.destination

    @property
    def _in_a_cloud(self) -> bool:
        return self.source.name == "ollama" and self.model.endswith(("-cloud", ":cloud"))

    def __str__(self) -> str:
        return f"{self.source.name}:{self.model}"


def split(chain: str | Sequence[str]) -> list[str]:
    """The names of a chain, given as a list or separated by commas. Raises ModelUnknown when there is none."""
    parts = chain.split(",") if isinstance(chain, str) else chain
    found = [part.strip() for part in parts if part.strip()]
    if not found:
        raise ModelUnknown("No model is named: say provider:model, such as offline:eliza.")
    return found


def parse(text: str, settings: ModelsSettings) -> Name:
    """The model that a name means. A provider alone means its default model; a model's own name may hold colons.

    Raises:
        NoSuchProvider: nobody knows what stands before the colon.
        ModelUnknown: what stands behind it is missing.
    """
    provider, colon, model = text.strip().partition(":")
    if not colon and provider in OFFLINE:
        provider, model = "offline", provider
    found = source(provider, settings)
    if found is None:
        what = f"There is no provider {provider}" if colon else f"A model is named provider:model, not {provider}"
        raise NoSuchProvider(f"{what}. {nearest(provider, names(settings))}")
    model = model or found.settings.default_model or (found.known.default_model if found.known else "")
    if not model and found.kind == "web-token":
        model = "default"  # most sites offer one, and do not name it
    if not model:
        raise ModelUnknown(f"Say which model of {provider}: {provider}:MODEL; `roomful models` lists them.")
    return Name(found, model)


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that helps whoever misspelt a name."""
    some = list(known)
    near = difflib.get_close_matches(name, some, 1)
    if near:
        return f"Did you mean {near[0]}?"
    return f"There are: {', '.join(some[:12])}{', …' if len(some) > 12 else ''}." if some else "There is none."

"""Listeners and speakers by name, with the keys, addresses and proxies of the providers of models."""

from pathlib import Path
from urllib.parse import urlsplit

from roomful.errors import NoSuchProvider, SpeechError
from roomful.speech.contract import THIS_MACHINE, Endpoint, Listener, Speaker
from roomful.speech.prices import LISTEN, MILLION, MINUTE, SPEAK, Rate, rate
from roomful.speech.settings import SpeechSettings

from .settings import ModelsSettings, source

OFFLINE, AZURE = "offline", "azure"
SPEAKS_SO = ("openai", "compatible")


def listener(settings: SpeechSettings, models: ModelsSettings, *, grammar: str = "") -> Listener:
    """Who makes text of clips. `grammar`: JSGF, for the offline one. Raises SpeechError, ModelError."""
    name, _, model = settings.listen.partition(":")
    match name:
        case "":
            raise SpeechError(
                'Nobody listens here: [speech] listen = "offline", or a provider, lets clips become text.'
            )
        case "offline":
            from roomful.speech.offline.sphinx import Sphinx

            return Sphinx(grammar or _grammar(settings.grammar))
        case "azure":
            from roomful.speech.azure import AzureListener

            return AzureListener(_azure(settings, models))
    from roomful.speech.compatible import CompatibleListener

    return CompatibleListener(_endpoint(name, models), model)


def speaker(settings: SpeechSettings, models: ModelsSettings) -> Speaker:
    """Who speaks. Raises SpeechError, ModelError."""
    name, _, model = settings.speak.partition(":")
    match name:
        case "":
            raise SpeechError('Nobody speaks here: [speech] speak = "offline", or a provider, gives answers a voice.')
        case "offline":
            from roomful.speech.offline.espeak import VOICE, Espeak

            return Espeak(settings.voice or VOICE)
        case "azure":
            from roomful.speech.azure import AzureSpeaker

            return AzureSpeaker(_azure(settings, models), settings.voice)
    from roomful.speech.compatible import CompatibleSpeaker

    return CompatibleSpeaker(_endpoint(name, models), model, settings.voice)


def destination(name: str, settings: SpeechSettings, models: ModelsSettings) -> str:
    """Where sounds or texts go by `[speech] listen` or `speak`, for people; empty: nowhere, or nobody knows who that is."""
    provider = name.partition(":")[0]
    if provider in ("", OFFLINE):
        return THIS_MACHINE if provider else ""
    if provider == AZURE:
        return urlsplit(settings.endpoint).hostname or "Azure Speech"
    found = source(provider, models)
    return found.destination if found is not None else ""


def listening_rate(settings: SpeechSettings, models: ModelsSettings) -> Rate:
    """What listening costs by `[speech] listen`, in USD a second."""
    from roomful.speech.compatible import LISTENS

    return _rate(settings.listen, LISTENS, LISTEN, MINUTE, settings.listen_usd, settings, models)


def speaking_rate(settings: SpeechSettings, models: ModelsSettings) -> Rate:
    """What speaking costs by `[speech] speak`, in USD a character."""
    from roomful.speech.compatible import SPEAKS

    return _rate(settings.speak, SPEAKS, SPEAK, MILLION, settings.speak_usd, settings, models)


def _rate(
    name: str,
    usual: str,
    table: dict[str, float],
    unit: float,
    set_usd: float,
    settings: SpeechSettings,
    models: ModelsSettings,
) -> Rate:
    provider, _, model = name.partition(":")
    local = destination(name, settings, models) in ("", THIS_MACHINE)
    if provider in (OFFLINE, AZURE):
        return rate(provider, provider, table, unit, set_usd, local=local)
    return rate(f"{provider}:{model or usual}", model or usual, table, unit, set_usd, local=local)


def _grammar(file: str) -> str:
    try:
        return Path(file).expanduser().read_text("utf-8") if file else ""
    except (OSError, UnicodeDecodeError) as why:
        raise SpeechError(f"The grammar in {file} cannot be read: {why}.") from None


def _endpoint(name: str, models: ModelsSettings) -> Endpoint:
    found = source(name, models)
    if found is None or found.kind not in SPEAKS_SO:
        raise NoSuchProvider(
            f"{name} does not speak and listen: say {OFFLINE}, {AZURE}, or a provider with OpenAI's interface, "
            "which is openai or one of [providers.NAME]."
        )
    return Endpoint(found.base_url, found.key, found.proxy, found.settings.timeout, local=found.local)


def _azure(settings: SpeechSettings, models: ModelsSettings) -> Endpoint:
    variables = models.variables
    return Endpoint(
        settings.endpoint,
        variables.get(settings.key_env, ""),
        settings.proxy,
        region=settings.region or variables.get("AZURE_SPEECH_REGION", ""),
    )

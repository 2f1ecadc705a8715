"""What an answer costs, from the price list of genai-prices, which is in the package: nothing is fetched."""

from .names import Name

_MAKERS = ("openai", "azure", "anthropic")  # kinds that the list knows by these names
CHARACTERS = 4  # to a token, about, where the provider did not count


def cost(name: Name, reported: str, tokens_in: int, tokens_out: int) -> float | None:
    """USD; None: nobody knows the price. What runs on this machine costs nothing, and neither does nothing.

    `reported` is what the provider calls the model, which may be newer than the price list; then `name` counts.
    """
    if name.local or not (tokens_in or tokens_out):
        return 0.0
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out)
    source = name.source
    for model in dict.fromkeys((reported, name.model)):
        try:
            if source.kind in _MAKERS:
                return float(calc_price(usage, model, provider_id=source.kind).total_price)
            return float(calc_price(usage, model, provider_api_url=source.base_url).total_price)
        except LookupError:
            continue
    return None


def estimated(text: str) -> int:
    """Tokens of a text, about; never too few for what people write."""
    return -(-len(text) // CHARACTERS)

"""The settings of previews."""

from typing import Annotated

from msgspec import Meta, Struct

from roomful.domain.addresses import networks
from roomful.egress.settings import DIRECT, good_route


class PreviewSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[previews]`: what links lead to, for readers who want to see it. The server asks the sites; its readers do not."""

    enabled: Annotated[
        bool,
        Meta(description="Offer it. Sites then learn that somebody here reads a line with their address, and when."),
    ] = False
    proxy: Annotated[
        str,
        Meta(description="The way out: `direct`, `pool`, or a proxy as `http://HOST:PORT`; empty: as `[egress]` says."),
    ] = ""
    private: Annotated[
        str,
        Meta(
            description="Private networks that may be asked all the same, as `10.1.0.0/16`, with spaces between. Whoever may "
            "speak in a room then has the server ask what is there."
        ),
    ] = ""
    seconds: Annotated[float, Meta(gt=0, le=60, description="For a page, redirects and all.")] = 8.0
    max_kib: Annotated[
        int, Meta(ge=16, le=4096, description="KiB of a page that are read; what it says of itself stands in front.")
    ] = 512
    at_once: Annotated[int, Meta(ge=1, le=64, description="Pages that are fetched at the same time.")] = 8
    kept: Annotated[int, Meta(ge=0, le=100_000, description="Previews that are kept in memory.")] = 1_000
    keep_minutes: Annotated[
        float,
        Meta(gt=0, le=10_080, description="Minutes after which a page is asked anew; of failures, a tenth of it."),
    ] = 60.0

    @property
    def way(self) -> str:
        """The way out, if there is something to go out for."""
        return self.proxy if self.enabled else DIRECT

    def __post_init__(self) -> None:
        good_route(self.proxy, "proxy")
        try:
            networks(self.private.split())
        except ValueError as why:
            raise ValueError(f"private: {why}; a network is written as 10.1.0.0/16") from None

"""By which ways the server's own requests leave."""

import contextlib
from pathlib import Path

import pytest

from roomful.egress.settings import EgressSettings
from roomful.starting.failures import StartError
from roomful.starting.leaving import ways_out


async def ways(folder: Path, route: str, **wanted: str) -> dict[str, str]:
    async with contextlib.AsyncExitStack() as stack:
        return await ways_out(EgressSettings(route=route), wanted, folder, lambda _: None, stack)


async def test_each_leaves_as_it_wants_to_and_else_as_all_do(tmp_path: Path) -> None:
    found = await ways(tmp_path, "http://192.0.2.1:3128", webhooks="", previews="direct")
    assert found == {"webhooks": "http://192.0.2.1:3128", "previews": ""}


async def test_several_share_one_pool_under_names_of_their_own(tmp_path: Path) -> None:
    found = await ways(tmp_path, "pool", webhooks="", previews="pool")
    webhooks, previews = found["webhooks"].partition("@"), found["previews"].partition("@")
    assert webhooks[2] == previews[2]
    assert "//webhooks:" in webhooks[0]
    assert "//previews:" in previews[0]


@pytest.mark.parametrize("who", ["webhooks", "previews"])
async def test_a_way_that_they_cannot_take_is_refused_with_what_to_type(tmp_path: Path, who: str) -> None:
    with pytest.raises(StartError, match=rf'{who.capitalize()} leave through .*\[{who}\] proxy = "direct"'):
        await ways(tmp_path, "direct", **{who: "socks5h://192.0.2.1:1080"})
    assert await ways(tmp_path, "socks5h://192.0.2.1:1080", **{who: "direct"}) == {who: ""}

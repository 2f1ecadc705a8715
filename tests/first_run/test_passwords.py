"""Passwords on a real terminal, as far as a pseudo-terminal is one: nobody who looks on sees them."""

from pathlib import Path

import pytest

from tests.support.server import serve

from .test_terminal import terminal

PASSWORD = "four lamps for a cellar"


@pytest.mark.parametrize("plain", [(), ("--plain",)], ids=["input line", "plain"])
async def test_what_is_typed_as_a_password_is_not_shown(tmp_path: Path, plain: tuple[str, ...]) -> None:
    async with serve(tmp_path) as server:
        data = {"ROOMFUL_SERVER__DATA": str(server.data)}
        async with terminal(tmp_path, "chat", "--account", "ada", *plain, **data) as screen:
            await screen.sees("Nobody owns this server yet. As ada you will.")
            await screen.sees("A new password for ada:")
            screen.press(f"{PASSWORD}\r")
            await screen.sees("Again:")
            screen.press(f"{PASSWORD}\r")
            await screen.sees("as ada.")
            screen.press("/devices\r")
            await screen.sees("this one")
            screen.press("/exit\r")
            assert await screen.ended() == 0
            assert PASSWORD not in screen.text
            assert "four" not in screen.text
        async with terminal(tmp_path, "chat", "--account", "ada", *plain, **data) as screen:
            await screen.sees("as ada.")  # this device is known
            screen.press("/logout\r")
            assert await screen.ended() == 0
        async with terminal(tmp_path, "chat", "--account", "ada", *plain, **data) as screen:
            await screen.sees("Password of ada:")
            screen.press("wrong horse\r")
            await screen.sees("no such account")
            screen.press(f"{PASSWORD}\r")
            await screen.sees("as ada.")
            screen.press("/exit\r")
            assert await screen.ended() == 0


async def test_an_account_is_made_on_a_terminal_by_typing_its_password_twice(tmp_path: Path) -> None:
    data = {"ROOMFUL_SERVER__DATA": str(tmp_path / "data")}
    async with terminal(tmp_path, "accounts", "add", "bob", **data) as screen:
        await screen.sees("Password of bob:")
        screen.press(f"{PASSWORD}\r")
        await screen.sees("Again:")
        screen.press(f"{PASSWORD}\r")
        await screen.sees("Made bob.")
        assert await screen.ended() == 0
        assert PASSWORD not in screen.text
    async with terminal(tmp_path, "accounts", "passwd", "bob", **data) as screen:
        await screen.sees("Password of bob:")
        screen.press(f"{PASSWORD}\r")
        await screen.sees("Again:")
        screen.press("something else\r")
        await screen.sees("two different passwords")
        assert await screen.ended() == 1
    async with terminal(tmp_path, "accounts", "remove", "bob", **data) as screen:
        await screen.sees("[y/N]")
        screen.press("n\r")
        await screen.sees("Nothing was changed.")
        assert await screen.ended() == 1

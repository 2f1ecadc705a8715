"""What tests of panels do: owners, panels and dialogs."""

from playwright.async_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.visiting import PATIENCE, Visitor
from tests.support.server import Server

expect.set_options(timeout=PATIENCE)
PASSWORD = "correct horse battery"


async def owner(server: Server, visit: Visit, name: str = "boss") -> Visitor:
    """Whoever opens the link that the server's first start wrote, and makes an account."""
    visitor = await visit(server)
    token = (server.data / "owner.token").read_text(encoding="utf-8").strip()
    await visitor.page.goto(f"{visitor.base}/#owner={token}")
    await visitor.page.get_by_label("Account").fill(name)
    await visitor.page.get_by_label("Password").fill(PASSWORD)
    await visitor.page.get_by_role("button", name="Make the account").click()
    await visitor.is_in()
    return visitor


async def panel(visitor: Visitor, keys: str, title: str) -> Locator:
    """Open a panel beside the timeline by its keys."""
    await visitor.page.keyboard.press(f"Control+Alt+{keys}")
    found = visitor.page.get_by_role("complementary", name=title)
    await expect(found).to_be_visible(timeout=PATIENCE)
    return found


async def dialog(visitor: Visitor, title: str) -> Locator:
    """The dialog of this title, once it is open."""
    found = visitor.page.get_by_role("dialog", name=title)
    await expect(found).to_be_visible(timeout=PATIENCE)
    return found


async def settings(visitor: Visitor, tab: str) -> Locator:
    """A tab of the settings, opened as a command."""
    await visitor.say("/settings")
    found = await dialog(visitor, "Settings")
    await found.get_by_role("tab", name=tab).click()
    return found


async def administration(visitor: Visitor, tab: str) -> Locator:
    """A tab of what only owners of the server see."""
    await visitor.page.get_by_role("button", name="You, and settings").click()
    await visitor.page.get_by_role("menuitem", name="Administration").click()
    found = await dialog(visitor, "Administration")
    await found.get_by_role("tab", name=tab).click()
    return found

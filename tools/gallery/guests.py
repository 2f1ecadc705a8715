"""Before one is in: every form of the entry, and what is refused there."""

from playwright.async_api import Page

from tools.gallery.stage import PASSWORD, Stage


async def entry(stage: Stage) -> None:
    """Guest, log in, register, each well and refused."""
    visitor = await stage.window()
    page, take = visitor.page, stage.shots.take
    await page.goto(visitor.base)
    nick = page.get_by_label("Your nickname")
    await nick.wait_for()
    await take(page, "entry-guest", main=True)
    await nick.fill("1 two")
    await _refused(page, "Join the chat")
    await take(page, "entry-nick-refused")
    await page.get_by_role("button", name="Log in", exact=True).click()
    await page.get_by_label("Account").fill("nobody")
    await page.get_by_label("Password").fill(PASSWORD)
    await take(page, "entry-login")
    await _refused(page, "Log in")
    await take(page, "entry-wrong-password", main=True)
    await page.get_by_role("button", name="Make an account").click()
    await take(page, "entry-register", main=True)


async def _refused(page: Page, go: str) -> None:
    await page.get_by_role("button", name=go).last.click()
    await page.locator(".field-error").wait_for()

"""What Lighthouse 12 looks at under "best practices", on the entry, in a room with a picture, and in the settings.

Its audits, and where each is kept: `is-on-https` (every request goes to the page's own origin, which is a secure context),
`errors-in-console`, `deprecations`, `inspector-issues`, `third-party-cookies` (the protocol's Log and Audits), and by asking the
page: `geolocation-on-start`, `notification-on-start`, `paste-preventing-inputs`, `image-aspect-ratio`, `image-size-responsive`,
`doctype`, `charset`, `viewport`, `valid-source-maps`; and those that weigh nothing: `csp-xss`, `clickjacking-mitigation`,
`origin-isolation`, `trusted-types-xss`. Two are kept by the proxy that speaks TLS: `redirects-http`, `has-hsts`.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import FilePayload, Page, Response, expect

from tests.browser.conftest import Visit
from tests.browser.panelling import settings
from tests.files.conftest import png
from tests.support.server import Server

MEANT = (
    "FormInputHasWrongButWellIntendedAutocompleteValueError",  # `nickname` is HTML's word (4.10.18.7.1), unknown to chromium
    "LazyLoadImageIssue",  # a picture's proportions are in its attributes, and its size in the style
)
CHARSET_WITHIN = 1024  # bytes of the page, in which browsers look for it
ASKS_AT_ONCE = """
window.asked = [];
for (const [where, name] of [[Notification, 'requestPermission'], [navigator.geolocation, 'getCurrentPosition'],
        [navigator.geolocation, 'watchPosition'], [navigator.mediaDevices, 'getUserMedia']])
    where[name] = () => { window.asked.push(name); return new Promise(() => {}); };
"""
DOCUMENT = """() => ({
    doctype: [document.doctype?.name, document.doctype?.publicId, document.doctype?.systemId],
    mode: document.compatMode, charset: document.characterSet, secure: isSecureContext, lang: document.documentElement.lang,
    title: document.title, viewport: document.querySelector('meta[name=viewport]')?.content, asked: window.asked,
})"""
PASTES = """() => [...document.querySelectorAll('input:not([type=file]), textarea')].filter((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'pasted');
    return !field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}).map((field) => field.outerHTML.slice(0, 100))"""
PICTURES = """() => [...document.images].filter((one) => one.complete && one.naturalWidth > 1).map((one) => {
    const box = one.getBoundingClientRect();
    return { src: one.src, fit: getComputedStyle(one).objectFit, natural: [one.naturalWidth, one.naturalHeight],
        shown: [box.width, box.height] };
})"""


@dataclass
class Watched:
    """A page, and what a browser has against it."""

    page: Page
    origin: str
    against: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    async def begin(self) -> None:
        """Watch."""
        protocol = await self.page.context.new_cdp_session(self.page)
        protocol.on("Audits.issueAdded", lambda told: self._found(told["issue"]))
        protocol.on("Log.entryAdded", lambda told: self._logged(told["entry"]))
        for domain in ("Audits", "Log"):
            await protocol.send(f"{domain}.enable")
        self.page.on(
            "console", lambda said: self.against.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.against.append(str(error)))
        self.page.on("response", lambda answer: self.answers.append(answer))  # noqa: PLW0108 - a bound method of C cannot be marked
        await self.page.add_init_script(ASKS_AT_ONCE)

    def _found(self, issue: dict[str, Any]) -> None:
        if not any(meant in str(issue) for meant in MEANT):
            self.against.append(f"issue: {issue}")

    def _logged(self, entry: dict[str, Any]) -> None:
        if entry["level"] in ("error", "warning"):
            self.against.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")

    async def look(self) -> None:
        """Everything that can be asked of what is shown."""
        told = await self.page.evaluate(DOCUMENT)
        assert told["doctype"] == ["html", "", ""], "doctype"
        assert (told["mode"], told["charset"], told["secure"]) == ("CSS1Compat", "UTF-8", True)
        assert told["lang"] and told["title"]
        assert "width=device-width" in told["viewport"]
        assert not re.search("user-scalable|maximum-scale|minimum-scale", told["viewport"])
        assert told["asked"] == [], "nobody is asked for anything before a click"
        assert await self.page.evaluate(PASTES) == [], "what is pasted must arrive"
        for picture in await self.page.evaluate(PICTURES):
            (wide, high), (width, height) = picture["natural"], picture["shown"]
            assert picture["fit"] != "fill" or abs(wide / high - width / height) < 0.05, picture
            assert wide >= min(width, 0.75 * width) and high >= 0.75 * height, picture
        self.page_is_clean()

    def page_is_clean(self) -> None:
        """Nothing is complained of, and all that was asked for is ours."""
        assert self.against == []
        assert {self.origin} == {
            "{0.scheme}://{0.netloc}".format(urlsplit(one.url)) for one in self.answers if "http" in one.url
        }


async def test_a_browser_has_nothing_against_the_page(server: Server, visit: Visit) -> None:
    alice = await visit(server)
    watched = Watched(alice.page, alice.base)
    await watched.begin()
    await alice.page.goto(alice.base)
    await alice.page.get_by_label("Your nickname").wait_for()
    await watched.look()
    await alice.page.get_by_label("Your nickname").fill("alice")
    await alice.page.keyboard.press("Enter")
    await alice.is_in()
    picture: FilePayload = {"name": "grey.png", "mimeType": "image/png", "buffer": png(640, 480)}
    await alice.page.locator("input[type=file]").set_input_files([picture])
    await expect(alice.page.locator(".upload progress")).to_have_count(0)
    await alice.say("a picture, `code`, and https://example.org")
    line = await alice.sees("a picture")
    await expect(line.locator("img")).to_be_visible()
    await watched.look()
    await settings(alice, "Appearance")
    await watched.look()
    cookies = await alice.context.cookies()
    assert {(one["domain"], one["httpOnly"], one["sameSite"]) for one in cookies} == {("127.0.0.1", True, "Strict")}
    await the_headers_hold(watched)


async def the_headers_hold(watched: Watched) -> None:
    """Of every answer; and what its scripts name as their sources is there."""
    for answer in watched.answers:
        if not answer.url.startswith(watched.origin):
            continue
        headers = await answer.all_headers()
        assert headers["x-content-type-options"] == "nosniff", answer.url
        assert (
            "frame-ancestors 'none'" in headers["content-security-policy"]
            or "sandbox" in headers["content-security-policy"]
        )
        assert headers["server"] == "roomful"
        if answer.status == 200 and answer.url.endswith(".js"):
            assert "sourceMappingURL" not in await answer.text(), "a map that is named must be there"
    page = watched.answers[0]
    policy = (await page.all_headers())["content-security-policy"]
    assert "unsafe" not in policy and "require-trusted-types-for 'script'" in policy
    assert (await page.all_headers())["cross-origin-opener-policy"] == "same-origin"
    assert b'charset="utf-8"' in (await page.body())[:CHARSET_WITHIN].lower()


POLYGLOT = b"GIF89a=1;/*" + bytes(20) + b"*/window.ran.push('a picture')"
TRIES = """async (picture) => {
    window.ran = [];
    await new Promise(setTimeout); // while a debugger calls, `eval` is free
    const refused = [], violated = new Set();
    document.addEventListener('securitypolicyviolation', (event) => violated.add(event.effectiveDirective));
    const tried = (name, what) => { try { what(); } catch (why) { refused.push(`${name}: ${why.name}`); } };
    tried('html', () => { document.body.innerHTML += "<img src=x onerror=window.ran.push('html')>"; });
    tried('eval', () => eval("window.ran.push('eval')"));
    tried('script', () => { document.createElement('script').textContent = "window.ran.push('script')"; });
    tried('source', () => { document.createElement('script').src = picture; });
    tried('policy', () => trustedTypes.createPolicy('mine', { createHTML: (text) => text }));
    tried('handler', () => document.body.setAttribute('onclick', "window.ran.push('handler')"));
    document.body.click();
    await import(picture).catch((why) => refused.push(`picture: ${why.name}`));
    await fetch('http://127.0.0.1:9/').catch((why) => refused.push(`elsewhere: ${why.name}`));
    while (!violated.has('connect-src')) await new Promise(setTimeout); // it is told in a moment of its own
    return [refused.map((one) => one.split(':')[0]).sort(), window.ran, [...violated].sort()];
}"""


async def test_what_got_into_the_page_could_not_run_nor_call_out(server: Server, visit: Visit) -> None:
    alice = await visit(server, "alice")
    files: FilePayload = {"name": "both.gif", "mimeType": "image/gif", "buffer": POLYGLOT}
    await alice.page.locator("input[type=file]").set_input_files([files])
    await expect(alice.page.locator(".upload progress")).to_have_count(0)
    await alice.say("a picture that is a script")
    link = (await alice.sees("a picture that")).locator("a[href*='/files/']").first
    refused, ran, violated = await alice.page.evaluate(TRIES, await link.get_attribute("href"))
    assert ran == []
    assert refused == ["elsewhere", "eval", "handler", "html", "picture", "policy", "script", "source"]
    assert set(violated) >= {"connect-src", "require-trusted-types-for", "trusted-types"}
    await alice.page.goto("about:blank")
    await alice.page.set_content(f"<iframe src='{alice.base}'></iframe>")
    await alice.page.frames[1].wait_for_load_state()
    assert "Come in" not in await alice.page.frames[1].content(), "it stands in no frame"
    alice.faults.clear()  # the policy has said of all this that it is against it

"""Who lets a bot do what: the least of all who have a say, and a refusal wins."""

from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from msgspec.structs import replace

from roomful.bots.tools.rights import MAY, Described, Rules, Who, allowed, given
from roomful.bots.tools.settings import McpSettings, ToolSettings, setting
from roomful.config import ConfigError, load
from roomful.domain.rights import ROLES

TOOLS = [Described("search_room", "reads"), Described("web_fetch", "reaches"), Described("files.write", "writes")]
ROOMS = ("#a", "#b")

tools = st.sampled_from(TOOLS)
people = st.builds(Who, st.sampled_from(("1", "2", "3")), st.just("somebody"), st.sampled_from(ROLES))
rooms = st.lists(st.sampled_from((*ROOMS, "*")), max_size=2).map(tuple)
settings = st.builds(
    ToolSettings,
    approve=st.booleans(),
    rooms=st.lists(st.sampled_from(ROOMS), max_size=2).map(tuple),
    not_rooms=st.lists(st.sampled_from(ROOMS), max_size=1).map(tuple),
    guests=rooms,
    bots=rooms,
)
patterns = st.sampled_from(("*", "files.*", "web_fetch", "search_room", "-files.write", "-*", "-web_*"))
lists = st.lists(patterns, max_size=4).map(tuple)
rules = st.builds(
    Rules, st.sampled_from(ROOMS), lists, lists, st.sampled_from(((), ROOMS, ("#a",))), settings, st.booleans()
)
everybody = st.lists(people, max_size=4)
requesters = st.none() | people


@hypothesis.given(tools, requesters, everybody, people, rules)
def test_one_more_author_never_lets_more_be_done(
    tool: Described, requester: Who | None, authors: list[Who], more: Who, rules: Rules
) -> None:
    if allowed(tool, requester, [*authors, more], rules).ok:
        assert allowed(tool, requester, authors, rules).ok


@hypothesis.given(tools, requesters, everybody, rules)
def test_a_turn_may_do_what_each_of_them_alone_may_ask_for(
    tool: Described, requester: Who | None, authors: list[Who], rules: Rules
) -> None:
    everyone = [*authors, *([requester] if requester else [])]
    alone = all(allowed(tool, one, [], rules).ok for one in everyone)
    assert allowed(tool, requester, authors, rules).ok == (alone and allowed(tool, None, [], rules).ok)


@hypothesis.given(tools, requesters, everybody, rules)
def test_what_is_denied_is_denied_whoever_asks(
    tool: Described, requester: Who | None, authors: list[Who], rules: Rules
) -> None:
    denied = replace(rules, bot=(*rules.bot, f"-{tool.name}"))
    verdict = allowed(tool, requester, authors, denied)
    assert not verdict.ok
    assert verdict.words
    shut = replace(rules, tool=replace(rules.tool, rooms=ROOMS, not_rooms=(rules.room,)))
    assert not allowed(tool, requester, authors, shut).ok


@hypothesis.given(tools, requesters, everybody, rules)
def test_what_writes_is_never_done_without_a_word(
    tool: Described, requester: Who | None, authors: list[Who], rules: Rules
) -> None:
    verdict = allowed(tool, requester, authors, rules)
    if verdict.ok and tool.kind == "writes":
        assert verdict.approve
    if verdict.ok and rules.outsiders and tool.kind != "reads":
        assert verdict.approve


@hypothesis.given(tools, requesters, everybody, rules)
def test_a_guest_or_another_bot_opens_nothing_but_by_the_room_s_settings(
    tool: Described, requester: Who | None, authors: list[Who], rules: Rules
) -> None:
    closed = replace(rules, tool=replace(rules.tool, guests=(), bots=()))
    verdict = allowed(tool, requester, authors, closed)
    roles = {one.role for one in (*authors, *([requester] if requester else []))}
    if verdict.ok:
        assert roles <= MAY[tool.kind]


def test_the_words_name_whoever_it_is_and_why() -> None:
    ann, gus = Who("1", "ann", "member"), Who("2", "gus", "guest")
    rules = Rules("#a", ("web_fetch",), ("web_fetch",), ("#a",))
    assert allowed(TOOLS[1], ann, [ann], rules).ok
    words = "web_fetch reaches outside, and gus, who is among those whose lines it reads, is a guest"
    assert allowed(TOOLS[1], ann, [ann, gus], rules).words == words
    assert allowed(TOOLS[1], gus, [gus], rules).words == "web_fetch reaches outside, and gus, who asked, is a guest"
    open_to = replace(rules, tool=ToolSettings(guests=("#a",)))
    assert allowed(TOOLS[1], ann, [ann, gus], open_to).ok


@hypothesis.given(tools, requesters, everybody, rules)
def test_only_the_configuration_gives_what_reaches_outside(
    tool: Described, requester: Who | None, authors: list[Who], rules: Rules
) -> None:
    """Whatever people set of a bot, and wherever they add it."""
    if tool.kind != "reads":
        assert not allowed(tool, requester, authors, replace(rules, bot=("*",), granted=())).ok
        elsewhere = replace(rules, bot=("*",), home=("#home",), tool=replace(rules.tool, rooms=()))
        assert not allowed(tool, requester, authors, elsewhere).ok


def test_a_tool_s_own_table_counts_before_that_of_its_server() -> None:
    tables = {"files.*": ToolSettings(approve=True), "files.read": ToolSettings()}
    assert setting(tables, "files.write").approve
    assert not setting(tables, "files.read").approve
    assert not setting(tables, "web_fetch").approve


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": "files"}, "command and url"),
        ({"name": "files", "command": "a", "url": "https://x.example"}, "command and url"),
        ({"name": "files", "url": "ftp://x.example"}, "https://"),
    ],
)
def test_a_server_is_somewhere(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        McpSettings(**values)


def test_the_configuration_of_the_manual_is_read(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs/tools.md").read_text(encoding="utf-8")
    file = tmp_path / "roomful.toml"
    file.write_text(manual.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    config = load(file, {}, {})
    assert config.mcp[0].read_only == ("read", "list")
    assert config.tools["web_fetch"].guests == ("#plans",)
    assert config.bots is not None and given("files.write", config.bots[0].tools)


def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "roomful.toml"
    file.write_text('[tools."files.*"]\naprove = true\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 2: \[tools\.NAME\] has no key aprove\. Did you mean approve\?"):
        load(file, {}, {})
    file.write_text('[tools.web_fetch]\nprivate = ["home"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="private: home is no network"):
        load(file, {}, {})

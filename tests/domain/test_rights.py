"""The table of rights, read aloud. That the server goes by it is shown in tests/hub/test_rights.py."""

from itertools import product
from typing import get_args

import pytest

from roomful.domain.events import Role
from roomful.domain.rights import RIGHTS, ROLES, Action, RoomKind, above, may

KINDS: tuple[RoomKind, ...] = get_args(RoomKind)
ACTIONS: tuple[Action, ...] = get_args(Action)


def allowed(action: Action, kind: RoomKind) -> str:
    """Who may, in the order of the roles."""
    return " ".join(role for role in ROLES if may(role, action, kind))


@pytest.mark.parametrize(("role", "kind"), list(product(ROLES, KINDS)))
def test_members_read_and_speak_and_see_to_their_own_words_everywhere(role: Role, kind: RoomKind) -> None:
    own: tuple[Action, ...] = ("read", "post", "react", "edit", "redact_own")
    assert all(may(role, action, kind) for action in own)


@pytest.mark.parametrize("kind", ["public", "private"])
def test_rooms_are_run_by_owners_and_moderated_by_moderators(kind: RoomKind) -> None:
    of_owners: tuple[Action, ...] = ("set", "rename", "delete", "role")
    assert {allowed(action, kind) for action in of_owners} == {"owner"}
    of_moderators: tuple[Action, ...] = ("redact", "kick", "ban", "mute", "see_bans")
    assert {allowed(action, kind) for action in of_moderators} == {"owner moderator"}


def test_nobody_runs_a_direct_room() -> None:
    free: set[Action] = {"read", "post", "react", "edit", "redact_own", "pin"}
    over_bots: set[Action] = {"stop", "bots", "see_bots", "remember"}
    assert all(not allowed(action, "direct") for action in set(ACTIONS) - free - over_bots)


def test_in_private_whoever_has_an_account_is_trusted_with_more_and_with_doors_less() -> None:
    assert (allowed("pin", "public"), allowed("pin", "private")) == ("owner moderator", "owner moderator member")
    assert allowed("call_everybody", "public") == "owner moderator"
    assert (allowed("invite", "public"), allowed("invite", "private")) == ("owner moderator member", "owner moderator")


def test_people_tell_bots_what_to_do_and_not_the_other_way_round() -> None:
    over_bots: tuple[Action, ...] = ("stop", "duet", "bots", "remember")
    assert not any(may("bot", action, kind) for action, kind in product(over_bots, KINDS))
    assert allowed("stop", "public") == allowed("duet", "private") == "owner moderator member guest"
    assert allowed("bots", "public") == "owner moderator"


def test_a_role_of_a_later_release_may_nothing() -> None:
    assert not any(may("emperor", action, kind) for action, kind in product(ACTIONS, KINDS))


def test_every_action_says_something_about_every_kind_of_room() -> None:
    assert {(action, kind) for action, row in RIGHTS.items() for kind in row} == set(product(ACTIONS, KINDS))
    assert {role for row in RIGHTS.values() for roles in row.values() for role in roles} <= set(ROLES)


def test_who_stands_above_whom() -> None:
    assert [role for role in ROLES if above("owner", role)] == list(ROLES)
    assert [role for role in ROLES if above("moderator", role)] == ["member", "bot", "guest"]
    assert not any(above(low, role) for low in ("member", "bot", "guest") for role in ROLES)

"""The table of rights, read aloud."""

from itertools import product
from typing import get_args

import pytest

from roomful.domain.events import Role
from roomful.domain.rights import RIGHTS, Action, RoomKind, may

ROLES: tuple[Role, ...] = ("owner", "member")


@pytest.mark.parametrize("role", ROLES)
def test_members_read_and_post_everywhere(role: Role) -> None:
    for action, kind in product(("read", "post"), ("public", "direct")):
        assert may(role, action, kind)  # type: ignore[arg-type]  # product forgets the literals


@pytest.mark.parametrize("role", ROLES)
def test_a_topic_is_for_public_rooms(role: Role) -> None:
    assert may(role, "topic", "public")
    assert not may(role, "topic", "direct")


def test_every_action_says_something_about_every_kind_of_room() -> None:
    assert {(action, kind) for action, row in RIGHTS.items() for kind in row} == set(
        product(get_args(Action), get_args(RoomKind))
    )

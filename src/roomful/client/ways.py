"""Ways into an account: by its password, by a token that a device keeps, or by making it."""

import msgspec

from roomful.domain import commands


class Way(msgspec.Struct, frozen=True):
    """How the first connection of a visit logs in; later ones have its proof."""

    account: str = ""
    password: str = ""
    token: str = ""
    register: bool = False  # make the account, or give it its first password
    invite: str | None = None  # the code with which it is made
    remember: bool = False  # get a token for this device
    act_as: str | None = None  # with the token of a bot host: the id of the bot to be

    def request(self) -> commands.Login | commands.Register:
        """What to ask of the server."""
        if self.token:
            return commands.Login(0, token=self.token, act_as=self.act_as)
        if self.register:
            return commands.Register(0, self.account, self.password, self.invite, self.remember)
        return commands.Login(0, account=self.account, password=self.password, remember=self.remember)


def way(
    account: str | None,
    password: str | None,
    token: str | None,
    invite: str | None,
    *,
    register: bool,
    remember: bool,
    act_as: str | None = None,
) -> Way | None:
    """The way that a client was told; None: it comes as a guest. Raises ValueError: it was told half of one."""
    if token is not None:
        if account is not None or password is not None or register:
            raise ValueError("A token says which account it is of: leave out `account`, `password` and `register`.")
        return Way(token=token, act_as=act_as)
    if act_as is not None:
        raise ValueError("Only a bot host acts as its bots: give its `token` too.")
    if account is None and password is None and not register and invite is None:
        return None
    if account is None or password is None:
        raise ValueError("An account needs its `account` and its `password`, or a `token`.")
    return Way(account, password, "", register or invite is not None, invite, remember)

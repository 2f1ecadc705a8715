"""What keeps a server from starting."""


class StartError(Exception):
    """The server cannot start. The message is one sentence and the next thing to type."""

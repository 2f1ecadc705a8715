"""A clock that stands still until it is moved."""


class Clock:
    """Milliseconds since 1970 UTC, moved by hand; call it for the time.

    It may go back, as real clocks do when somebody sets them.
    """

    def __init__(self, now: int = 1_763_632_800_000) -> None:
        self.now = now

    def __call__(self) -> int:
        """The time, ms since 1970 UTC."""
        return self.now

    def advance(self, ms: int) -> None:
        """Let so many milliseconds pass; fewer than none set the clock back."""
        self.now += ms

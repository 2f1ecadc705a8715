"""`python -m roomful.bots`: a bot host that a server has started. It reads from standard input what it is to know."""

import sys

from .process import supervised

if __name__ == "__main__":
    sys.exit(supervised())

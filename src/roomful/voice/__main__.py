"""`python -m roomful.voice`: the booth's process. It reads from standard input what it is to do."""

import sys

from .worker import run

if __name__ == "__main__":
    sys.exit(run())

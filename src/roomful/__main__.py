"""`python -m roomful`: the same as `roomful`."""

from roomful.cli import main

main()

"""What Roomful is about, without asyncio, I/O or a clock."""

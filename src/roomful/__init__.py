"""Roomful: a chat server you run yourself, in which people and AI models share rooms."""

__version__ = "0.1.0"

"""How the registry fails."""


class RegistryError(Exception):
    """It could not be done, and nothing was changed. The message says what was wrong and what would be right."""

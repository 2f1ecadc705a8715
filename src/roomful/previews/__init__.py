"""Previews of links: what a page says of itself, fetched once for all who read the line in which its address stands.

settings.py  the settings                    desk.py      what is kept, and what is under way
fetching.py  one page, from the open web     reading.py   what its head says
"""

from .desk import Desk
from .fetching import Fetcher
from .settings import PreviewSettings

__all__ = ["Desk", "Fetcher", "PreviewSettings"]

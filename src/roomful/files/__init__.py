"""Files that people upload: their bytes, in a folder beside the database. What is known of them are rows of the store.

folder.py    bytes under their SHA-256: how they come, where they lie, how they go
arriving.py  one file on its way in
kinds.py     what a file is, told by what it holds
images.py    how large a picture is, without decoding it
thumbs.py    small pictures, if Pillow is installed
ranges.py    which part of a file is asked for (RFC 9110)

Everything here blocks, and is called in threads: see hub/files.py.
"""

from .arriving import Arrived, Arriving
from .folder import Aside, Folder

__all__ = ["Arrived", "Arriving", "Aside", "Folder"]

"""Speech to text and back, by whoever can: services, or programs on this machine. Knows nothing of rooms.

contract.py   what a listener and a speaker are         audio.py      clips: what they are, and what is in them
offline/      espeak-ng speaks, pocketsphinx listens    compatible.py OpenAI's interface, and servers that have it
azure.py      Azure Speech                              cache.py      what was spoken once is not spoken again
sentences.py  where to begin to speak                   plain.py      the words of a text, without its marks
"""

from .audio import Clip, Pcm, sniffed, wave_file
from .contract import Endpoint, Listener, Speaker, Transcript, Word

__all__ = ["Clip", "Endpoint", "Listener", "Pcm", "Speaker", "Transcript", "Word", "sniffed", "wave_file"]

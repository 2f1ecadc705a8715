"""The checker: what each proxy is, found out by using it.

running.py     many at once, results as they are done
plan.py        what is to be done, the same for all     pace.py  a few tries begin at a time
examining.py   one proxy: protocols, target, latency, throughput, verdict
trying.py      one try: a page through a proxy by one protocol, with the reason when it fails
pages.py       the target and the judge: what is right, and what is known of them directly
handshakes.py  CONNECT, SOCKS4, SOCKS4a, SOCKS5
tls.py         TLS in a tunnel, and whose certificate it is
http.py        as much of HTTP as one page takes
wire.py        connections, and the ways in which they fail
anonymity.py   what the judge could tell about us
descriptors.py how many at once the process may open
journal.py     results in a file, so that a check goes on where it was interrupted
"""

from .descriptors import raise_limit
from .journal import Journal
from .running import AT_ONCE, check

__all__ = ["AT_ONCE", "Journal", "check", "raise_limit"]

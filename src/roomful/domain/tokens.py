"""Secrets that the server gives out: tokens for devices and programs, codes for people. At rest there is only their digest.

Both are drawn from so much randomness that a fast digest is enough: nobody can try them all (unlike passwords).
"""

import base64
import hashlib
import re

PREFIX = "rt_"  # so that a token is recognised where it should not be: in a log, in a repository
TOKEN_BYTES = 32
CODE_BYTES = 10  # 80 bits: 16 characters

_TOKEN = re.compile(r"rt_[A-Za-z0-9_-]{43}\Z", re.ASCII)
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}\Z", re.ASCII)
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_token(entropy: bytes) -> str:
    """A token, from 32 random bytes: `rt_` and 43 characters that need no quoting anywhere."""
    return PREFIX + base64.urlsafe_b64encode(entropy).rstrip(b"=").decode()


def new_code(entropy: bytes) -> str:
    """A code that can be read out, from 10 random bytes: `7K3M-Q9TX-2VBN-H4DR`, in Crockford's base 32."""
    letters = base64.b32encode(entropy).decode().translate(_CROCKFORD)
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def token_digest(token: str) -> bytes | None:
    """The SHA-256 under which a token is kept; None if it is none."""
    return hashlib.sha256(token.encode()).digest() if _TOKEN.match(token) else None


def code_digest(code: str) -> bytes | None:
    """The SHA-256 under which a code is kept, however it was typed; None if it is none.

    Case, hyphens and spaces do not matter; O is read as 0, I and L as 1.
    """
    letters = code.upper().translate(_MISREAD)
    return hashlib.sha256(letters.encode()).digest() if _CODE.match(letters) else None

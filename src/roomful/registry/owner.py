"""The first owner of a new server: a code in a file that only the system user who started it can read."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from roomful.client.credentials import OWNER, owner_code
from roomful.domain.tokens import CODE_BYTES, code_digest, new_code
from roomful.store import FOREVER, Change, PutCode, Store


async def offer(
    store: Store, folder: Path, now: int, entropy: Callable[[int], bytes], write: Callable[[Path, str], object]
) -> bool:
    """While nobody owns the server, see that there is a code with which somebody may. Returns whether there is.

    `write` makes a file that others cannot read. Raises StoreUnavailable, OSError.
    """
    if any(one.owner for one in await store.accounts()):
        retire(folder)
        return False
    known = code_digest(owner_code(folder))
    if known is not None and (kept := await store.code(known)) is not None and kept.uses > 0:
        return True
    code = new_code(entropy(CODE_BYTES))
    digest = code_digest(code)
    assert digest is not None
    await store.append([Change((), (PutCode(digest, now, FOREVER, 1, owner=True),))])
    write(folder / OWNER, code + "\n")
    return True


def retire(folder: Path) -> None:
    """Somebody owns the server: the code is good no more, whether or not its file can be removed."""
    with contextlib.suppress(OSError):
        (folder / OWNER).unlink()

"""What docs/protocol.md says of errors: the codes with which each request may be refused."""

import re
from functools import cache
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs/protocol.md").read_text(encoding="utf-8")
# What section 5.1 and the table of states in section 3 say once for all requests.
ANY = frozenset(["bad_request", "unknown_type", "rate_limited", "store_unavailable", "internal"])
ANY |= {"hello_required", "login_required", "logged_in"}


@cache
def refusals(type: str) -> frozenset[str]:
    """The codes that a request's section names behind `Errors:`, and those of the sections that it refers to."""
    section = re.search(rf"^### 5\.\d+ `{type}`\n(.*?)(?=^#)", PAGE, re.MULTILINE | re.DOTALL)
    assert section, f"{type} has no section"
    named = section[1].rpartition("\nErrors:")[2] if "\nErrors:" in section[1] else ""
    others = re.findall(r"as\s+for\s+\[?`(\w+)`", named)
    return ANY.union(re.findall(r"`(\w+)`", named), *(refusals(other) for other in others))

"""The suites' assertions say what they found, although they do not stand in files that pytest collects."""

import pytest

pytest.register_assert_rewrite(
    *(
        f"tests.conformance.{name}"
        for name in (
            "store",
            "store_accounts",
            "store_bots",
            "store_erasing",
            "store_logs",
            "store_messages",
            "store_people",
            "store_rooms",
        )
    )
)

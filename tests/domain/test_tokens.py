"""Tokens and codes: what they look like, and how much a person may get wrong in typing one."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomful.domain.tokens import CODE_BYTES, TOKEN_BYTES, code_digest, new_code, new_token, token_digest


@given(st.binary(min_size=TOKEN_BYTES, max_size=TOKEN_BYTES))
def test_a_token_is_recognised_and_needs_no_quoting(entropy: bytes) -> None:
    token = new_token(entropy)
    assert token.startswith("rt_")
    assert token.replace("_", "a").replace("-", "a").isalnum()
    assert token_digest(token) == hashlib.sha256(token.encode()).digest()


def test_tokens_differ_in_every_bit() -> None:
    ones = {new_token((1 << bit).to_bytes(TOKEN_BYTES)) for bit in range(TOKEN_BYTES * 8)}
    assert len(ones) == TOKEN_BYTES * 8


@pytest.mark.parametrize("text", ["", "rt_", "rt_" + "a" * 42, "rt_" + "a" * 44, "rt_" + "ä" * 43, "RT_" + "a" * 43])
def test_what_is_no_token_has_no_digest(text: str) -> None:
    assert token_digest(text) is None


@given(st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES))
def test_a_code_may_be_typed_as_it_is_read(entropy: bytes) -> None:
    code = new_code(entropy)
    assert [len(part) for part in code.split("-")] == [4, 4, 4, 4]
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        code.replace("0", "o").replace("1", "l"),
    ):
        assert code_digest(typed) == code_digest(code) is not None


def test_codes_differ_in_every_bit() -> None:
    ones = {code_digest(new_code((1 << bit).to_bytes(CODE_BYTES))) for bit in range(CODE_BYTES * 8)}
    assert len(ones) == CODE_BYTES * 8


@pytest.mark.parametrize("text", ["", "7K3M-Q9TX-2VBN", "7K3M-Q9TX-2VBN-H4DU", "7K3M-Q9TX-2VBN-H4DR-X", "ÄÄÄÄ" * 4])
def test_what_is_no_code_has_no_digest(text: str) -> None:
    assert code_digest(text) is None

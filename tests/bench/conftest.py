"""The load generator, built once."""

import shutil
from pathlib import Path

import pytest

from bench.driver.generator import SOURCE, build


@pytest.fixture(scope="session")
def loadgen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (shutil.which("make") and shutil.which("cc")):
        pytest.skip("make and a C compiler are needed to build the load generator")
    folder = tmp_path_factory.mktemp("loadgen")
    for pattern in ("*.c", "*.h", "Makefile"):
        for file in SOURCE.glob(pattern):
            shutil.copy(file, folder)
    return build(folder)

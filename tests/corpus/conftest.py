from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def index() -> dict[str, Any]:
    return json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def expected_verdicts() -> list[dict[str, Any]]:
    return json.loads((FOLDER / "expected_verdicts.json").read_text(encoding="utf-8"))

"""With CI=true a skip is a failure, whether a test, a fixture or a whole module skips."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPS = {
    "test": "import pytest\ndef test_it() -> None:\n    pytest.skip('no browser')\n",
    "mark": "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test_it() -> None: ...\n",
    "module": "import pytest\npytest.skip('no browser', allow_module_level=True)\n",
    "fixture": (
        "import pytest\n@pytest.fixture\ndef browser() -> None:\n    pytest.skip('no browser')\n"
        "def test_it(browser: None) -> None: ...\n"
    ),
}


@pytest.mark.parametrize(("ci", "failures"), [("true", len(SKIPS)), ("", 0)])
def test_a_skip_is_a_failure_in_ci_only(tmp_path: Path, ci: str, failures: int) -> None:
    for kind, text in SKIPS.items():
        (tmp_path / f"test_{kind}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rfE"]
    environment = os.environ | {"CI": ci, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [*command, "--continue-on-collection-errors", f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    summary = run.stdout[run.stdout.rfind("short test summary") :]
    assert summary.count("FAILED") + summary.count("ERROR") == failures, run.stdout
    assert run.stdout.count("no browser (and CI skips nothing)") >= failures

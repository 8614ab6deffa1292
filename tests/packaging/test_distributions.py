"""What people install: wheel, source distribution and editable install, each in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

LOADS = """
import harmoniqc
from harmoniqc._resources import data_path
units = data_path("vocabulary", "units.tsv")
assert units.is_file(), units
print(units)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command; a failure shows everything the command printed."""
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Environment:
    """A fresh virtual environment."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / SCRIPTS / "python"

    @property
    def command(self) -> Path:
        return self.folder / SCRIPTS / "harmoniqc"


@dataclass(frozen=True)
class Built:
    """The distributions, and an environment whose pip installs them."""

    pip: tuple[str | Path, ...]
    sdist: Path
    wheel: Path
    wheel_of_sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    venv.create(folder / "tools", with_pip=True)
    pip = (folder / "tools" / SCRIPTS / "python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    reached = subprocess.run(
        [*map(str, pip), "install", "build"], cwd=folder, capture_output=True, text=True, check=False
    )
    if reached.returncode != 0:
        pytest.skip(f"pip reaches no package index: {reached.stderr.strip().splitlines()[-1]}")
    # `build` makes the wheel from the sdist it has just made, so this also shows that the sdist is complete.
    run(pip[0], "-m", "build", "--outdir", folder / "from-sdist", ROOT, cwd=folder)
    run(*pip, "wheel", "--no-deps", "--wheel-dir", folder / "direct", ROOT, cwd=folder)
    return Built(
        pip,
        sdist=only(folder / "from-sdist", "*.tar.gz"),
        wheel=only(folder / "direct", "*.whl"),
        wheel_of_sdist=only(folder / "from-sdist", "*.whl"),
    )


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def install(built: Built, folder: Path, *what: str | Path) -> Environment:
    """Install into a fresh environment that borrows the dependencies of the running one."""
    venv.create(folder / "env", symlinks=os.name != "nt")
    environment = Environment(folder / "env")
    run(*built.pip, "--python", environment.python, "install", "--no-deps", *what, cwd=folder)
    own = run(environment.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    # A path in a .pth file comes after the environment's own packages, and no .pth file behind it is read.
    borrowed = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    Path(own.strip(), "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return environment


def assert_works(environment: Environment, folder: Path, data_in: Path) -> None:
    assert run(environment.python, "-I", "-c", "import harmoniqc", cwd=folder) == ""
    found = Path(run(environment.python, "-I", "-c", LOADS, cwd=folder).strip())
    assert found.resolve().is_relative_to(data_in.resolve())
    assert "usage" in run(environment.command, "--help", cwd=folder).lower()


def names_in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_wheel_works(built: Built, tmp_path: Path) -> None:
    environment = install(built, tmp_path, built.wheel)
    assert_works(environment, tmp_path, data_in=environment.folder)


def test_sdist_works(built: Built, tmp_path: Path) -> None:
    environment = install(built, tmp_path, built.sdist)
    assert_works(environment, tmp_path, data_in=environment.folder)


def test_editable_install_works_and_reads_the_working_copy(built: Built, tmp_path: Path) -> None:
    environment = install(built, tmp_path, "--editable", ROOT)
    assert_works(environment, tmp_path, data_in=ROOT / "vocabulary")


def test_wheel_has_code_types_data_and_licences_and_nothing_else(built: Built) -> None:
    names = names_in_wheel(built.wheel)
    assert "harmoniqc/py.typed" in names
    for tree in ("vocabulary", "schemas", "crosswalks"):
        assert f"harmoniqc/_data/{tree}/README.md" in names
    assert "harmoniqc/_data/vocabulary/units.tsv" in names
    (info,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/LICENSE-DATA"} <= names
    assert {name.split("/")[0] for name in names} == {"harmoniqc", info}
    strays = [name for name in names if "__pycache__" in name or "test_" in name.split("/")[-1]]
    assert strays == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git working copy")
def test_wheel_holds_every_module_and_every_data_file_under_version_control(built: Built) -> None:
    listed = run("git", "ls-files", "src/harmoniqc", "vocabulary", "schemas", "crosswalks", cwd=ROOT).splitlines()
    expected = {
        name.removeprefix("src/") if name.startswith("src/") else f"harmoniqc/_data/{name}"
        for name in listed
        if (ROOT / name).is_file()
    }
    assert expected <= names_in_wheel(built.wheel)


def test_wheel_of_sdist_is_the_same_as_the_wheel(built: Built) -> None:
    assert names_in_wheel(built.wheel_of_sdist) == names_in_wheel(built.wheel)


def test_sdist_has_what_a_contributor_needs(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA"}
    assert wanted <= names
    assert {"tests/conftest.py", "docs/errors/index.md", "scripts/generate_docs.py", "vocabulary/units.tsv"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".venv", "build", "site"))]


def test_the_running_interpreter_is_one_the_package_declares() -> None:
    classifier = f"Programming Language :: Python :: {sys.version_info.major}.{sys.version_info.minor}"
    assert classifier in (ROOT / "pyproject.toml").read_text(encoding="utf-8")

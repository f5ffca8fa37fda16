"""What the wheel holds, what an import costs, what no file of the project may say."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("tzkc_geo", "services", "boundaries", "notebooks", "tests", ".ci")
FILES = (
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "constraints.txt",
    "pyproject.toml",
)
MAX_LINES = 400
HEAVY = (
    "fastapi",
    "folium",
    "geopandas",
    "matplotlib",
    "pandas",
    "pyarrow",
    "pyogrio",
    "rasterio",
    "rich",
    "scipy",
    "services",
    "typer",
    "uvicorn",
)
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?")
# An absolute path of one machine: not the tail of an address, of a name or of another path.
MACHINE_PATH = re.compile(r"(?<![\w.:~*/-])/(work|tmp|root|opt|home|Users|mnt)/\w|file:///")
REGISTRY = re.compile(
    r"pypi\.(?:org|python\.org)|pythonhosted\.org|(?:deb|ftp\w*)\.debian\.org|registry\.npmjs"
    r"|(?:index|find)-(?:url|links)|conda\.anaconda\.org"
)
SELF = Path(__file__).resolve()


def project_files() -> Iterator[Path]:
    """Yield the files of the project; caches and compiled files are none."""
    yield from (ROOT / name for name in FILES)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = path.relative_to(ROOT).parts
            hidden = any(part.startswith(".") for part in parts[1:]) or "__pycache__" in parts
            if path.is_file() and not hidden:
                yield path


def text_of(path: Path) -> str | None:
    """Return the text of a file, or None for a picture or another binary file."""
    data = path.read_bytes()
    return None if b"\0" in data else data.decode("utf-8")


def run(*args: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run Python with the arguments and return what it prints."""
    done = subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the backend that is installed; nothing is downloaded."""
    out = tmp_path_factory.mktemp("wheel")
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT), cwd=out)
    (path,) = out.glob("*.whl")
    return path


def test_constraints_are_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not PIN.fullmatch(line)] == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    pinned = {
        normal(line.partition("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    names = [re.match(r"[\w.-]+", text) for text in wanted]
    assert [name[0] for name in names if name and normal(name[0]) not in pinned] == []


def normal(name: str) -> str:
    """Return the normalised name of a distribution."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in project_files()
        if path != SELF and (text := text_of(path)) is not None
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line) or REGISTRY.search(line)
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("see /" + "work/main/x", True),
        ('open("/root/x.csv")', True),
        ("file:///srv/x", True),
        ("https://example.org/home/page", False),
        ("GET /units and /locate", False),
        ("the home/work split", False),
    ],
)
def test_a_machine_path_is_told_from_an_address(line: str, *, bad: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is bad


def test_python_files_have_at_most_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in project_files()
        if path.suffix == ".py"
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_the_wheel_holds_code_service_and_data(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (entry_points,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        scripts = archive.read(entry_points).decode()
    packages = ("tzkc_geo", "services", "boundaries")
    files = {path.relative_to(ROOT).as_posix() for path in project_files()}
    assert names == {name for name in files if name.startswith(tuple(f"{p}/" for p in packages))}
    assert {"boundaries/units.csv", "boundaries/clauses.csv", "boundaries/LICENSE"} <= names
    assert {"boundaries/derived/units.geojson", "boundaries/derived/manifest.json"} <= names
    assert "tzkc = tzkc_geo.cli:main" in scripts


def test_the_unpacked_wheel_finds_its_data_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    code = "import tzkc_geo; print(tzkc_geo.__file__, len(tzkc_geo.load().units), sep='\\n')"
    where, units = run("-c", code, cwd=elsewhere, env={"PYTHONPATH": str(site)}).splitlines()
    assert Path(where).is_relative_to(site)
    assert units == "19"


def test_import_loads_no_heavy_library() -> None:
    code = f"import sys, tzkc_geo; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    assert run("-c", code, cwd=ROOT) == ""

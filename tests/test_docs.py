"""What README.md and docs/ say exists: settings, commands, files, folders, pictures."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = PAGES[0].read_text()
SPELT = re.compile(r"`([^`]+)`")


def calls_of_settings():
    """The name and the default of each variable that settings.py reads."""
    for node in ast.walk(ast.parse((ROOT / "config" / "settings.py").read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")), args=[ast.Constant(value=name)]
            ):
                yield name, node.keywords[0].value


def as_written(default):
    """How README.md writes a default; None for one that is calculated."""
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return None
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case list():
            value = ",".join(value)
    return f"`{value}`" if value else "none"


def section(title):
    """The words of README.md under a heading."""
    [found] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    return found


def rows(title):
    """The table under a heading of README.md, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names_in_the_example():
    text = (ROOT / ".env.example").read_text()
    return re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)


def anchors(page):
    """The places that a link can name: each heading as web pages of repositories spell it."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readme_lists_each_variable_of_the_settings_once():
    listed = [SPELT.fullmatch(row[0])[1] for row in rows("Environment")]
    assert sorted(listed) == sorted(name for name, _default in calls_of_settings())


def test_readme_gives_the_defaults_of_the_settings():
    calculated = {"BASE_URL", "DATA_DIR", "DATABASE_URL"}
    written = {SPELT.fullmatch(row[0])[1]: row[1] for row in rows("Environment")}
    assert {name: default for name, default in written.items() if name not in calculated} == {
        name: as_written(default) for name, default in calls_of_settings() if name not in calculated
    }


def test_the_example_has_each_variable_once():
    """Those of the settings, and those that docker-compose.yml alone reads."""
    compose = (ROOT / "docker-compose.yml").read_text()
    read = {name for name, _default in calls_of_settings()}
    assert sorted(names_in_the_example()) == sorted(read | set(re.findall(r"\$\{(\w+)", compose)))


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_make_command_exists(document):
    made = set(re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    targets = {target for names in made for target in names.split()}
    named = set(re.findall(r"(?:`|^ {4,})make ([a-z]+)", document.read_text(), re.MULTILINE))
    assert named - targets == set()


def test_readme_lists_every_make_command_that_make_help_does():
    told = set(re.findall(r'"make (\w+)', (ROOT / "Makefile").read_text()))
    listed = {SPELT.fullmatch(row[0])[1].removeprefix("make ") for row in rows("Run it")}
    assert listed == told | {"format"}


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_management_command_exists(document):
    named = set(re.findall(r"manage\.py (\w+)", document.read_text()))
    assert named - set(get_commands()) == set()


def test_readme_lists_every_management_command_of_ours():
    ours = {name for name, app in get_commands().items() if (ROOT / str(app)).is_dir()}
    assert {SPELT.fullmatch(row[0])[1].split()[1] for row in rows("Commands")} == ours


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_and_picture_leads_somewhere(document):
    dead = set()
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if target.startswith(("http://", "https://")):
            continue
        path, _hash, anchor = target.partition("#")
        led = document.parent / path if path else document
        if not led.exists() or (anchor and anchor not in anchors(led)):
            dead.add(target)
    assert dead == set()


def test_every_picture_is_shown_and_small():
    shown = set(re.findall(r"pictures/([\w-]+\.png)\)", "".join(p.read_text() for p in PAGES)))
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert {picture.name for picture in pictures} == shown
    assert [picture.name for picture in pictures if picture.stat().st_size > 150_000] == []


def test_every_file_and_folder_that_readme_names_exists():
    named = [name for row in rows("Where to change what") for name in SPELT.findall(row[0])]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_folder_of_the_program_is_in_the_table_of_readme():
    named = {name for row in rows("Where to change what") for name in SPELT.findall(row[0])}
    folders = {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")}
    assert folders - named == set()


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_file_that_is_named_exists(document):
    named = re.findall(r"`([\w.]+/[\w./-]+\.(?:py|toml|in|txt|md|yml))`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_package_of_the_program_has_its_reason():
    wanted = re.findall(
        r"^[\w-]+", (ROOT / "requirements" / "runtime.in").read_text(), re.MULTILINE
    )
    reasons = (ROOT / "docs" / "decisions.md").read_text().partition("## Packages")[2].lower()
    assert [name for name in wanted if f"| {name}" not in reasons] == []

"""Styles and templates keep the house's rules: tokens, logical properties, nothing inline."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.missing import need_program
from tests.support.render_pages import KIOSK, WEB

STYLES = sorted([*(KIOSK / "static").rglob("*.css"), *(WEB / "static").rglob("*.css")])
TEMPLATES = sorted([*(KIOSK / "templates").rglob("*.html"), *(WEB / "templates").rglob("*.html")])
SCRIPTS = sorted((KIOSK / "static" / "scripts").glob("*.mjs"))
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border)-(left|right|top|bottom)|(min-|max-)?(width|height)|"
    r"left|right|top|bottom|float(?!:\s*inline-))\s*:"
)


def _without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_colours_and_pixels_stand_in_tokens_alone(path: Path) -> None:
    """Only tokens.css names a colour or a pixel; every other file names roles."""
    if path.name == "tokens.css":
        return
    found = re.findall(
        r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\d(?:px)\b", _without_comments(path)
    )
    assert found == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_logical_properties(path: Path) -> None:
    """No property names left or right: every page is mirrored by its direction alone."""
    rules = re.sub(r"@media[^{]*\{", "{", _without_comments(path))
    assert PHYSICAL.findall(rules) == []
    assert not re.search(r"text-align:\s*(left|right)", rules)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_have_no_inline_style_or_script(path: Path) -> None:
    """No style attribute, no inline script, no event attribute: the policy allows none."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style|\son[a-z]+\s*=\s*[\"']", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "nonce=" in tag
        assert "src=" in tag


def test_every_style_of_the_kiosk_is_linked() -> None:
    """Each style file of the kiosk is imported by kiosk.css: none is written for nothing."""
    root = KIOSK / "static/styles"
    head = (root / "kiosk.css").read_text(encoding="utf-8")
    imported = set(re.findall(r'url\("([^"]+\.css)"\)', head))
    assert imported == {str(path.relative_to(root)) for path in root.rglob("*.css")} - {"kiosk.css"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_modules_that_parse(path: Path) -> None:
    """Each behaviour is a module that a JavaScript engine reads without fault."""
    need_program("node", "apt-get install -y nodejs")
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run([node, "--check", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_every_module_is_started() -> None:
    """main.mjs starts every module that has a name, and every name in markup has a module."""
    named = {
        found
        for path in SCRIPTS
        for found in re.findall(r"moduleName = '([a-z-]+)'", path.read_text(encoding="utf-8"))
    }
    asked = {
        name
        for path in TEMPLATES
        for found in re.findall(r'data-module="([a-z -]+)"', path.read_text(encoding="utf-8"))
        for name in found.split()
    }
    main = (KIOSK / "static/scripts/main.mjs").read_text(encoding="utf-8")
    assert asked == named
    assert all(f"'./{name}.mjs'" in main for name in named)

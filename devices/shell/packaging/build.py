"""
`python -m devices.shell.packaging.build OUTPUT`: the terminal as a Debian package.

Libraries come as wheels with the hashes of the product's lock and are unpacked into the package:
installing it needs no network, no compiler and no package manager of Python.
"""

import argparse
import compileall
import os
import py_compile
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from devices.shell.packaging.contents import CODE, KEPT, LIBRARIES, ROOT, stage
from devices.shell.packaging.lock import part_for_terminal

NAME = "kiosk-terminal"
_SCRIPTS = Path(__file__).parent / "scripts"
_CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: City self-service <terminals@example.invalid>
Section: misc
Priority: optional
Installed-Size: {kilobytes}
Depends: python3 (>= 3.11), python3 (<< 3.12), systemd (>= 252), passwd,
 udev, polkitd, cage, seatd, xwayland, chromium, ca-certificates, alsa-utils
Recommends: espeak-ng, fonts-noto-cjk, fonts-noto-core, fonts-hanazono, pcscd, sane-utils
Description: self-service terminal of a government service centre
 Device host, screen, units, rules and browser policies that make a computer a terminal.
"""


def build(output: Path) -> Path:
    """Build the package into the folder *output* and return its path.

    Raises `subprocess.CalledProcessError` when libraries cannot be had or dpkg refuses.
    """
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    architecture = _told("dpkg", "--print-architecture")
    with tempfile.TemporaryDirectory(prefix="kiosk-package-") as folder:
        tree = Path(folder) / "tree"
        tree.mkdir(mode=0o755)
        stage(tree)
        _add_libraries(tree / LIBRARIES, Path(folder))
        for part in (CODE, LIBRARIES):
            _compile(tree / part, part)
        _add_control(tree, version, architecture)
        output.mkdir(parents=True, exist_ok=True)
        package = output / f"{NAME}_{version}_{architecture}.deb"
        _told("dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(tree), str(package))
    return package


def _add_libraries(target: Path, folder: Path) -> None:
    wanted = folder / "requirements.txt"
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    wanted.write_text(part_for_terminal(lock), "utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    exact = ["--require-hashes", "--only-binary", ":all:", "--target", str(target)]
    _told(*pip, *exact, "-r", str(wanted))


def _compile(tree: Path, place: str) -> None:
    # Compiled here and for good: the services may not write beside the code, and a purge finds
    # nothing that the package did not bring.
    compileall.compile_dir(
        str(tree),
        quiet=2,
        stripdir=str(tree),
        prependdir=f"/{place}",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        workers=1,
    )


def _add_control(tree: Path, version: str, architecture: str) -> None:
    control = tree / "DEBIAN"
    control.mkdir(mode=0o755)
    size = sum(each.lstat().st_size for each in tree.rglob("*") if not each.is_dir())
    text = _CONTROL.format(
        name=NAME, version=version, architecture=architecture, kilobytes=size // 1024
    )
    (control / "control").write_text(text, "utf-8")
    (control / "conffiles").write_text("".join(f"{each}\n" for each in KEPT), "utf-8")
    for script in sorted(_SCRIPTS.iterdir()):
        copy = control / script.name
        copy.write_text(script.read_text("utf-8"), "utf-8")
        copy.chmod(0o755)


def _told(*command: str) -> str:
    # The umask of whoever builds must not decide who may read the package's files.
    os.umask(0o022)
    answer = subprocess.run(  # noqa: S603 - programs and arguments are this module's own
        command, check=True, stdout=subprocess.PIPE, text=True
    )
    return answer.stdout.strip()


def main(argv: Sequence[str]) -> int:
    """Build into the folder that is asked for and print where the package is."""
    parser = argparse.ArgumentParser(prog="python -m devices.shell.packaging.build")
    parser.add_argument("output", type=Path, help="folder for the package")
    sys.stdout.write(f"{build(parser.parse_args(argv).output)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the terminal tells of the computer in its cabinet."""

from pathlib import Path

from devices.agent.machine import Machine, MachineFacts


def write(root: Path, **files: str) -> Path:
    """Write each file (`a__b` is a/b) under *root*."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_machine_tells_what_it_has(tmp_path: Path) -> None:
    """Memory, time since start and the hottest plausible sensor are read; a dead sensor is not."""
    proc = write(
        tmp_path / "proc",
        meminfo="MemTotal:  8000000 kB\nMemFree:  100000 kB\nMemAvailable:  2097152 kB\n",
        uptime="93784.25 180000.10\n",
    )
    sys = write(
        tmp_path / "sys",
        class__thermal__thermal_zone0__temp="41500\n",
        class__thermal__thermal_zone1__temp="58250\n",
        class__thermal__thermal_zone2__temp="-273150\n",
        class__thermal__thermal_zone3__temp="nonsense\n",
    )
    facts = Machine(tmp_path, proc=proc, sys=sys).facts()
    assert facts.memory_free_mb == 2048
    assert facts.uptime_seconds == 93784
    assert facts.temperature_celsius == 58.2
    assert facts.disk_free_mb is not None
    assert facts.disk_free_mb > 0


def test_what_is_not_there_is_not_known(tmp_path: Path) -> None:
    """A machine without these files is told as not known, and nothing is raised."""
    nowhere = tmp_path / "nowhere"
    facts = Machine(nowhere, proc=nowhere, sys=nowhere).facts()
    assert facts == MachineFacts(None, None, None, None)


def test_an_unreadable_figure_is_not_known(tmp_path: Path) -> None:
    """A figure that is no number is left out rather than guessed."""
    proc = write(tmp_path / "proc", meminfo="MemAvailable: ? kB\n", uptime="soon\n")
    facts = Machine(tmp_path, proc=proc, sys=tmp_path).facts()
    assert (facts.memory_free_mb, facts.uptime_seconds) == (None, None)

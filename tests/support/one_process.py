"""
Which tests of a run on several processes stay in one: those of a file.

What a file's tests share (a browser, the running product, a loaded server) is then set up once in a
run and not once in each process. Files that kill programs run one after another: what they kill
needs the machine to come back.
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

KILLING = frozenset(
    f"tests/misfortunes/test_{name}.py"
    for name in ("kill_nine", "money_kill_nine", "bookings_kill_nine", "killed_at_a_byte")
) | {"tests/misfortunes/test_host_lives.py"}


def by_file(config: Any, log: Any) -> LoadScopeScheduling:
    """Return what hands the tests to the processes, file by file, in the order of collection.

    xdist would begin with the files of most tests. The long ones have few: they would come last,
    and one process would wait for the other.
    """
    config.option.loadscopereorder = False
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "killed programs" if file in KILLING else file

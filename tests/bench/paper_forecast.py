"""How well paper is foretold: `python -m tests.bench.paper_forecast [machines]`, no clock in it."""

import sys

from tests.support.simulated_months import LEARNING, Score, measure

MACHINES = 200


def main(machines: int) -> None:
    """Print both methods on the same simulated months."""
    ours, naive = measure(range(machines))
    print(
        f"{machines} machines, {ours.months:.0f} machine-months after {LEARNING} days of learning"
    )
    for name, score in (("foretold", ours), ("mean of seven days", naive)):
        print(_line(name, score))


def _line(name: str, score: Score) -> str:
    return (
        f"{name:20} error {score.mean_error:.2f} days · warned in time {score.share_warned:.1%}"
        f" of {score.runouts} · false {score.false_a_month:.2f} a machine-month"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MACHINES)

"""
Simulated real-name check (模拟实名核验): the product's unreal people are who they say they are.

Any name that says 测试 agrees with any valid number and any phone; every other name differs, so
that nobody's real name is ever bound by a simulation.
"""

from kiosk_server.residents.ports import RealName, RealNameAnswer

UNREAL = "测试"


class SimulatedRealNames:
    """Asks nobody."""

    simulated = True

    def check(self, question: RealName) -> RealNameAnswer:
        """Agree with unreal people only."""
        return RealNameAnswer.SAME if UNREAL in question.name else RealNameAnswer.DIFFERENT

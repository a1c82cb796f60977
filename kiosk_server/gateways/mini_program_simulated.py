"""Simulated messenger (模拟小程序登录): a code `user-…` is the user of that name."""

from kiosk_server.residents.ports import MessengerRefused, MessengerUser

_PREFIX = "user-"


class SimulatedMiniProgram:
    """Asks no messenger."""

    simulated = True

    def identify(self, code: str) -> MessengerUser | MessengerRefused:
        """Take the code at its word."""
        if not code.startswith(_PREFIX):
            return MessengerRefused("code_bad")
        return MessengerUser(code)

"""The server's end of commands: fetches the envelope, believes it or not, takes the answers."""

import structlog

from devices.agent.clock import ServerClock
from devices.agent.command_envelopes import Envelope, opened
from devices.agent.command_keys import CommandKeys
from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.host.command_values import CommandAnswer, Order, Untrusted
from devices.host.ports import Acknowledged, LineDead, Refused

_log = structlog.get_logger(__name__)


class SignedCommands:
    """A `CommandCounter` that believes the pinned keys alone; any thread may call."""

    def __init__(
        self, counter: ServerCounter, identity: Identity, keys: CommandKeys, clock: ServerClock
    ) -> None:
        self._counter = counter
        self._identity = identity
        self._keys = keys
        self._clock = clock

    def command(self, command_id: str) -> Order | Untrusted | Refused | LineDead:
        """Fetch one command; an unknown key is asked after once, in the list that a known one
        vouches for."""
        answer = self._counter.command(command_id)
        if isinstance(answer, Refused | LineDead):
            return answer
        if not self._keys.known:
            # Fetched all the same: the server believes no word on what it has not handed out.
            return Untrusted("no_command_key")
        envelope = Envelope.read(answer)
        if envelope is None:
            return Untrusted("malformed")
        if not self._keys.has(envelope.key_id):
            self.renew_keys()
        return opened(
            envelope,
            self._keys,
            asked=command_id,
            terminal=self._identity.terminal,
            terminal_key=self._identity.key_id,
            now=self._clock.now(),
        )

    def answer(self, command_id: str, answer: CommandAnswer) -> Acknowledged | Refused | LineDead:
        """Tell what became of a command."""
        return self._counter.answer_command(command_id, answer)

    def renew_keys(self) -> bool:
        """Learn new keys and forget old ones; returns whether a list was taken over."""
        answer = self._counter.command_keys()
        if isinstance(answer, Refused | LineDead):
            return False
        terminal = self._identity.terminal
        renewed = self._keys.renew(answer, terminal=terminal, now=self._clock.now())
        if renewed:
            _log.info("command_keys_renewed")
        else:
            _log.warning("command_keys_not_believed")
        return renewed

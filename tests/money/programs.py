"""The server and the workers of a story, as real processes that are killed and live again."""

import base64
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import requests

from kiosk_server.settings import Settings
from kiosk_server.settings_payments import PaymentTerms
from tests.money.leaping import VARIABLE, LeapingClock
from tests.support.booked_town import children_of
from tests.support.processes import Running
from tests.support.warm_starts import Life, WarmStarts

SERVER = "server"
WHOLE_SERVER = 0.4
"""How often its master dies too; else its processes, and their master starts others."""
_GUNICORN = (
    *("--config", "kiosk_server/gunicorn_conf.py", "--workers", "2"),
    *("--log-level", "critical", "tests.money.leaping_server:app"),
)


@dataclass
class Programs:
    """What runs, and what a story may do to it."""

    warm: WarmStarts
    settings: Settings
    clock: LeapingClock
    folder: Path
    chance: random.Random
    workers: tuple[str, ...] = ("worker-1", "worker-2")
    lives: dict[str, Life] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=lambda: {SERVER: 0, "worker": 0})
    _lock: Lock = field(default_factory=Lock)
    _blows: int = 0

    def begin(self) -> None:
        """Start all, and wait until the server answers."""
        for name in (SERVER, *self.workers):
            self._begin(name)
        healthz = f"{self.settings.public_origin}/healthz"
        server = Running(SERVER, self.lives[SERVER], self.folder / f"{SERVER}.log")
        server.wait_until(lambda: requests.get(healthz, timeout=30).ok)

    @property
    def all_live(self) -> bool:
        """Whether nobody ended but by our hand."""
        with self._lock:
            return not any(life.over for life in self.lives.values())

    def strike(self) -> None:
        """`kill -9` of the server or a worker, by turns, and the next life begins."""
        self._blows += 1
        if self._blows % 2:
            self.strike_the_server()
        else:
            self.strike_a_worker()

    def strike_the_server(self) -> None:
        """End the server, or only the processes that its master has."""
        with self._lock:
            self.kills[SERVER] += 1
            life = self.lives[SERVER]
            if self.chance.random() < WHOLE_SERVER:
                life.kill()
                self._begin(SERVER)
                return
            # A master that has not come so far has no children yet.
            with suppress(OSError):
                for process in children_of(life.pid):
                    os.kill(process, signal.SIGKILL)

    def strike_a_worker(self) -> None:
        """End one of the workers."""
        with self._lock:
            self.kills["worker"] += 1
            name = self.chance.choice(self.workers)
            self.lives[name].kill()
            self._begin(name)

    def end(self) -> None:
        """Let nothing run any more."""
        with self._lock:
            for life in self.lives.values():
                life.kill()

    def words(self) -> str:
        """The end of what each program wrote."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text('utf-8')[-3000:]}" for log in logs)

    def _begin(self, name: str) -> None:
        environment = {
            "KIOSK_DATABASE_URL": self.settings.database_url,
            "KIOSK_INSTANCE": str(self.settings.instance),
            "KIOSK_PORT": self.settings.public_origin.rpartition(":")[2],
            "KIOSK_PUBLIC_ORIGIN": self.settings.public_origin,
            "KIOSK_PAYMENTS": str(self.folder / "payments.toml"),
            VARIABLE: str(self.clock.path),
        }
        program, arguments = (
            ("gunicorn", [*_GUNICORN]) if name == SERVER else ("tests.money.leaping_worker", [])
        )
        log = self.folder / f"{name}.log"
        self.lives[name] = self.warm.begin(program, arguments, environment=environment, log=log)


@contextmanager
def running(programs: Programs, terms: PaymentTerms) -> Iterator[Programs]:
    """Let the programs live with these channels for the length of the block."""
    _write(programs.folder, terms)
    try:
        programs.begin()
        yield programs
    finally:
        programs.end()


def _write(folder: Path, terms: PaymentTerms) -> None:
    """Write down what a city is told of its channels, as its operator would."""
    public, wechat, alipay = terms.public_payment, terms.wechat_pay, terms.alipay
    assert public is not None
    assert wechat is not None
    assert alipay is not None
    ((platform_key_id, platform_key),) = wechat.platform_keys.items()
    for name, content in {
        "public.key": base64.b64encode(public.key),
        "merchant.pem": wechat.private_key,
        "v3.key": wechat.api_v3_key,
        "platform.pem": platform_key,
        "app.pem": alipay.private_key,
        "alipay.pem": alipay.alipay_key,
    }.items():
        (folder / name).write_bytes(content)
    (folder / "payments.toml").write_text(
        f"""
[public_payment]
address = "{public.address}"
unit = "{public.unit}"
key_file = "public.key"
[wechat_pay]
address = "{wechat.address}"
app_id = "{wechat.app_id}"
merchant_id = "{wechat.merchant_id}"
serial = "{wechat.serial}"
private_key_file = "merchant.pem"
api_v3_key_file = "v3.key"
platform_keys = {{ {platform_key_id} = "platform.pem" }}
[alipay]
address = "{alipay.address}"
app_id = "{alipay.app_id}"
private_key_file = "app.pem"
alipay_key_file = "alipay.pem"
""",
        encoding="utf-8",
    )

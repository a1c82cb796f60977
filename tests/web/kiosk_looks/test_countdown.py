"""What is kept for a person is counted down in words, and the page goes on when it is over."""

import json
import shutil
import subprocess

from tests.support.missing import need_program
from tests.support.render_pages import KIOSK

MODULE = KIOSK / "static" / "scripts" / "countdown.mjs"
PLAY = """
import { Countdown } from '%s'
const said = [], gone = []
let now = 0, tick = null
const left = { set textContent(words) { said.push(words) } }
const $root = {
  dataset: { seconds: '62', to: '/kiosk/over', minutes: '# min § s', short: '§ s' },
  querySelector: () => left,
}
const clock = {
  setInterval: (deed) => { tick = deed; return 7 },
  clearInterval: () => { tick = null },
}
new Countdown($root, { clock, place: { replace: (to) => gone.push(to) }, now: () => now })
for (const at of [1000, 3000, 61500, 62000]) { now = at; tick() }
console.log(JSON.stringify({ said, gone, stopped: tick === null }))
"""


def test_it_counts_in_minutes_then_seconds_and_goes_on_once() -> None:
    """Late ticks catch up with the clock; at nothing left the counting stops."""
    need_program("node", "apt-get install -y nodejs")
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PLAY % MODULE.as_uri()],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == {
        "said": ["1 min 1 s", "59 s", "1 s", "0 s"],
        "gone": ["/kiosk/over"],
        "stopped": True,
    }

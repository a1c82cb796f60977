// Calls said aloud, one after the other: chime, then each language. A recall is a call of its own
// and is said again; what was there when the page opened, or is long past, is not.

const TOO_LATE_SECONDS = 120;

export class Announcer {
  #chime;
  #voice;
  #known = null;
  #waiting = [];
  #busy = false;
  on = false;

  constructor(chime, voice) {
    this.#chime = chime;
    this.#voice = voice;
  }

  /**
   * Take in all calls that stand on the board, oldest first, at *now* in seconds:
   * { key, at, utterances }. The key is another one for every call and recall.
   */
  hear(calls, now) {
    const fresh = calls.filter(
      ({ key, at }) => this.#known !== null && !this.#known.has(key) && now - at < TOO_LATE_SECONDS,
    );
    this.#known = new Set(calls.map(({ key }) => key));
    if (!this.on) return;
    this.#waiting.push(...fresh);
    this.#work();
  }

  async #work() {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const { utterances } = this.#waiting.shift();
      await this.#chime.ring();
      if (this.on) await this.#voice.say(utterances);
    }
    this.#busy = false;
  }
}

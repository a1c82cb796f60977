// Two soft tones before a number is called: made by the browser, no file is needed.

const TONES = [
  { pitch: 659.3, after: 0 },
  { pitch: 523.3, after: 0.45 },
];
const LOUD = 0.35;
const FADES = 1.1;
const LASTS_MS = 1_300;

/** A chime that makes no sound, for a browser that cannot. */
export const mute = { wake: async () => false, ring: async () => {} };

/** The chime of this browser. */
export function chimeOf(world = globalThis) {
  return world.AudioContext ? new Chime(world) : mute;
}

class Chime {
  #world;
  #sound = null;

  constructor(world) {
    this.#world = world;
  }

  /** Return whether sound can be made: browsers want a touch first, or a policy that allows it. */
  async wake() {
    this.#sound ??= new this.#world.AudioContext();
    // Without a touch `resume` may stay open for ever, so it is not waited for longer than a moment.
    const moment = new Promise((resolve) => setTimeout(resolve, 500));
    await Promise.race([this.#sound.resume().catch(() => {}), moment]);
    return this.#sound.state === "running";
  }

  async ring() {
    if (this.#sound?.state !== "running") return;
    for (const { pitch, after } of TONES) this.#tone(pitch, this.#sound.currentTime + after);
    await new Promise((resolve) => setTimeout(resolve, LASTS_MS));
  }

  #tone(pitch, begins) {
    const [source, loudness] = [this.#sound.createOscillator(), this.#sound.createGain()];
    source.type = "sine";
    source.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.001, begins);
    loudness.gain.exponentialRampToValueAtTime(LOUD, begins + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.001, begins + FADES);
    source.connect(loudness).connect(this.#sound.destination);
    source.start(begins);
    source.stop(begins + FADES);
  }
}

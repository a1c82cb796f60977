// The port of a board's voice: `say(utterances)` says them one after the other, and resolves when
// the last one has been said. An utterance is { text, lang }. What has no voice of its language is
// left out: a wrong voice reads Uyghur letters as noise.

const LONGEST_MS = 15_000;
const NAMES = { zh: ["zh", "cmn"] };

/** A voice that says nothing, for a browser that has none. */
export const silence = { say: async () => {} };

/** The voice of this browser. */
export function voiceOf(world = globalThis) {
  return world.speechSynthesis ? new SpokenVoice(world) : silence;
}

class SpokenVoice {
  #world;

  constructor(world) {
    this.#world = world;
  }

  async say(utterances) {
    for (const { text, lang } of utterances) {
      const voice = this.#voiceFor(lang);
      if (voice !== null) await this.#spoken(text, voice);
    }
  }

  #voiceFor(lang) {
    const [base] = lang.toLowerCase().split("-");
    const wanted = NAMES[base] ?? [base];
    const known = this.#world.speechSynthesis
      .getVoices()
      .filter((voice) => wanted.includes(voice.lang.toLowerCase().split(/[-_]/)[0]));
    // One that needs no network is preferred: the line may be dead, the hall is full all the same.
    return known.find((voice) => voice.localService) ?? known[0] ?? null;
  }

  #spoken(text, voice) {
    const said = new this.#world.SpeechSynthesisUtterance(text);
    [said.voice, said.lang] = [voice, voice.lang];
    return new Promise((resolve) => {
      // Some engines forget to say that they are done: the next number must not wait for ever.
      const late = setTimeout(() => {
        this.#world.speechSynthesis.cancel();
        resolve();
      }, LONGEST_MS);
      const done = () => {
        clearTimeout(late);
        resolve();
      };
      said.addEventListener("end", done);
      said.addEventListener("error", done);
      this.#world.speechSynthesis.speak(said);
    });
  }
}

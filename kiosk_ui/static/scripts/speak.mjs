/**
 * 朗读: reads the page's question and what belongs to it, in the page's language, on this machine.
 *
 * Where no voice of that language is installed the button says so and stays pressed by nobody:
 * a wrong voice reading Uyghur by Chinese rules helps no one.
 */
const READ = 'h1, .lead, .state-line, .choice-name, .choice-why, .notice p, .waiting h2, .steps .is-now, .still p'
const VOICES_WAIT_MS = 600

export class Speak {
  static moduleName = 'speak'

  constructor($root, { synthesis = window.speechSynthesis, clock = window } = {}) {
    this.$root = $root
    this.$words = $root.querySelector('[role="status"]')
    this.idle = this.$words.textContent
    this.synthesis = synthesis
    this.clock = clock
    $root.addEventListener('click', () => this.toggle())
    window.addEventListener('pagehide', () => this.synthesis?.cancel())
  }

  async toggle() {
    if (this.synthesis?.speaking) {
      this.synthesis.cancel()
      return this.#rest()
    }
    const voice = await this.#voice()
    if (!voice) {
      this.$words.textContent = this.$root.dataset.noVoice
      return
    }
    const speech = new SpeechSynthesisUtterance(this.#text())
    speech.voice = voice
    speech.lang = voice.lang
    speech.rate = 0.9
    speech.addEventListener('end', () => this.#rest())
    speech.addEventListener('error', () => this.#rest())
    this.$root.setAttribute('aria-pressed', 'true')
    this.$words.textContent = this.$root.dataset.speaking
    this.synthesis.speak(speech)
  }

  async #voice() {
    if (!this.synthesis) return null
    const language = document.documentElement.lang.split('-')[0]
    const find = () => this.synthesis.getVoices().find((voice) => (
      voice.lang.split(/[-_]/)[0] === language && voice.localService))
    if (find()) return find()
    await new Promise((wake) => {
      this.clock.setTimeout(wake, VOICES_WAIT_MS)
      this.synthesis.addEventListener('voiceschanged', wake, { once: true })
    })
    return find() ?? null
  }

  #text() {
    const parts = [...document.querySelectorAll(READ)].map(($part) => {
      const $copy = $part.cloneNode(true)
      for (const $kept of $copy.querySelectorAll('.kept, .out')) $kept.remove()
      return $copy.textContent.trim()
    })
    return parts.filter(Boolean).join('\n')
  }

  #rest() {
    this.$root.setAttribute('aria-pressed', 'false')
    this.$words.textContent = this.idle
  }
}

/**
 * 朗读: says the page's question aloud, in the page's language.
 *
 * The terminal speaks first: it has recordings, or a stand-in voice, of the sentences that every page
 * names by `data-say`, and they hold nothing of anybody. A page that it cannot say is read by a voice
 * of this browser, without what is marked `data-private`. Where there is neither the button says so:
 * a wrong voice reading Uyghur by Chinese rules helps no one. A touch anywhere brings silence.
 */
import { Device, DeviceFault } from './device.mjs'

const READ = 'h1, .lead, .state-line, .choice-name, .choice-why, .notice p, .waiting h2, .steps .is-now, .still p'
const VOICES_WAIT_MS = 600
const LOOK_EVERY_MS = 600

export class Speak {
  static moduleName = 'speak'

  #byHost = false

  constructor($root, {
    synthesis = window.speechSynthesis, clock = window, device = new Device(),
  } = {}) {
    this.$root = $root
    this.device = device
    this.$words = $root.querySelector('[role="status"]')
    this.idle = this.$words.textContent
    this.synthesis = synthesis
    this.clock = clock
    $root.addEventListener('click', () => this.toggle())
    document.addEventListener('pointerdown', (event) => {
      if (!$root.contains(event.target)) this.#hush()
    }, { capture: true, passive: true })
    window.addEventListener('pagehide', () => this.#hush())
  }

  async toggle() {
    if (this.#byHost || this.synthesis?.speaking) return this.#hush()
    if (await this.#sayOnHost()) return
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
    this.#start()
    this.synthesis.speak(speech)
  }

  /** Let the terminal say this page; gives whether it does. */
  async #sayOnHost() {
    const $shown = [...document.querySelectorAll('[data-say]')]
      .filter(($part) => $part.getClientRects().length && !$part.closest('dialog'))
    const ids = $shown.map(($part) => $part.dataset.say)
    if (!ids.length) return false
    try {
      await this.device.say(ids, document.documentElement.lang.split('-')[0])
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault
      return false
    }
    this.#byHost = true
    this.#start()
    this.clock.setTimeout(() => this.#follow(), LOOK_EVERY_MS)
    return true
  }

  async #follow() {
    if (!this.#byHost) return
    const speaking = await this.device.speaking().catch(() => false)
    if (speaking) this.clock.setTimeout(() => this.#follow(), LOOK_EVERY_MS)
    else this.#rest()
  }

  #hush() {
    if (!this.#byHost && this.$root.getAttribute('aria-pressed') !== 'true') return
    if (this.#byHost) this.device.hush()
    this.synthesis?.cancel()
    this.#rest()
  }

  #start() {
    this.$root.setAttribute('aria-pressed', 'true')
    this.$words.textContent = this.$root.dataset.speaking
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
    const $parts = [...document.querySelectorAll(READ)].filter(($part) => !$part.closest('[data-private]'))
    const parts = $parts.map(($part) => {
      const $copy = $part.cloneNode(true)
      for (const $kept of $copy.querySelectorAll('.kept, .out, [data-private]')) $kept.remove()
      return $copy.textContent.trim()
    })
    return parts.filter(Boolean).join('\n')
  }

  #rest() {
    this.#byHost = false
    this.$root.setAttribute('aria-pressed', 'false')
    this.$words.textContent = this.idle
  }
}

/**
 * Reads the card that the page asks for, and says on screen how it goes.
 *
 * <div data-module="card-prompt" data-nonce data-needs="name number" data-next data-wait="60"
 *      data-word-… data-note-…> with a form `data-failure` in it
 *
 * The page passes the server's nonce to the host and learns a masked name; what is on the card
 * never comes here. A failure is sent to the server, which counts it and shows the next way.
 */
import { Device, DeviceFault } from './device.mjs'

/* the host holds its answer back until there is news; a host that does not is not hammered */
const BETWEEN_MS = 40
const NAME_SHOWN_MS = 1200

export class CardPrompt {
  static moduleName = 'card-prompt'

  #id = null
  #over = false

  constructor($root, { device = new Device(), place = window.location, clock = window } = {}) {
    this.$root = $root
    this.device = device
    this.place = place
    this.clock = clock
    this.$words = $root.querySelector('[data-words]')
    this.$note = $root.querySelector('[data-note]')
    this.until = Date.now() + Number($root.dataset.wait) * 1000
    window.addEventListener('pagehide', () => this.#leave())
    this.#run()
  }

  async #run() {
    const { nonce, needs } = this.$root.dataset
    try {
      this.#id = await this.device.startReading(nonce, needs.split(' '))
      await this.#watch()
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault
      this.#fail(fault.code)
    }
  }

  async #watch() {
    let shown = 'waiting'
    this.#say(shown)
    while (!this.#over) {
      const read = await this.device.reading(this.#id, shown)
      if (read.state === 'done') return this.#done(read.masked_name)
      if (read.state === 'failed') return this.#fail(read.code)
      shown = read.state
      this.#say(shown)
      if (Date.now() > this.until) {
        await this.device.stopReading(this.#id)
        return this.#fail('timeout')
      }
      await new Promise((wake) => this.clock.setTimeout(wake, BETWEEN_MS))
    }
  }

  #say(state) {
    const words = this.$root.dataset
    if (state === 'reading') {
      this.#show(words.wordReading, words.noteReading)
    } else if (state === 'sending') {
      this.#show(words.wordSending, words.noteReading)
    } else {
      const left = Math.max(0, Math.ceil((this.until - Date.now()) / 1000))
      this.#show(null, words.noteLeft.replace('§', String(left)))
    }
  }

  #done(name) {
    this.#over = true
    const words = this.$root.dataset
    this.$root.querySelector('.ring')?.classList.add('ring-done')
    this.#show(words.wordDone.replace('§', name ?? ''), words.noteDone)
    document.dispatchEvent(new CustomEvent('kiosk:sign'))
    this.clock.setTimeout(() => this.place.assign(words.next), NAME_SHOWN_MS)
  }

  #fail(code) {
    this.#over = true
    const $failure = this.$root.querySelector('[data-failure]')
    $failure.elements.code.value = code
    $failure.submit()
  }

  #show(words, note) {
    /* the same sentence is not announced again with every poll */
    if (words && this.$words.textContent !== words) this.$words.textContent = words
    if (note !== null && this.$note.textContent !== note) this.$note.textContent = note
  }

  #leave() {
    if (!this.#over && this.#id) this.device.stopReading(this.#id)
    this.#over = true
  }
}

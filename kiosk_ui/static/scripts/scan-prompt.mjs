/**
 * Listens to the terminal's code scanner while its page is shown: another way to fill the step.
 *
 * <div data-module="scan-prompt" data-nonce data-next data-again data-word-sending hidden>
 *
 * The page passes the server's nonce to the host; what was scanned never comes here. Typing works
 * all the while. Without script, or without a scanner, the element stays hidden.
 */
import { Device, DeviceFault } from './device.mjs'

const BETWEEN_MS = 40
/* nobody showed anything, or nothing can be shown: typing is the way */
const QUIET = new Set(['timeout', 'superseded', 'scanner_absent'])

export class ScanPrompt {
  static moduleName = 'scan-prompt'

  #id = null
  #over = false

  constructor($root, { device = new Device(), place = window.location, clock = window } = {}) {
    this.$root = $root
    this.device = device
    this.place = place
    this.clock = clock
    window.addEventListener('pagehide', () => this.#leave())
    this.#run()
  }

  async #run() {
    try {
      this.#id = await this.device.startScan(this.$root.dataset.nonce)
      this.$root.hidden = false
      await this.#watch()
    } catch (fault) {
      /* a host that does not answer leaves typing; drawing the page again would not help */
      if (!(fault instanceof DeviceFault)) throw fault
      this.#hide()
    }
  }

  async #watch() {
    let shown = 'waiting'
    while (!this.#over) {
      const scan = await this.device.scan(this.#id, shown)
      if (this.#over) return
      if (scan.state === 'done') return this.#go(this.$root.dataset.next)
      if (scan.state === 'failed') return this.#fail(scan.code)
      shown = scan.state
      if (shown === 'sending') {
        this.$root.querySelector('[data-words]').textContent = this.$root.dataset.wordSending
      }
      await new Promise((wake) => this.clock.setTimeout(wake, BETWEEN_MS))
    }
  }

  #fail(code) {
    if (QUIET.has(code)) this.#hide()
    else this.#go(`${this.$root.dataset.again}?scan=${encodeURIComponent(code)}`)
  }

  #hide() {
    this.#over = true
    this.$root.hidden = true
  }

  #go(address) {
    this.#over = true
    this.place.assign(address)
  }

  #leave() {
    if (!this.#over && this.#id) this.device.stopScan(this.#id)
    this.#over = true
  }
}

/**
 * Says that a card lies on the reader, and whose turn it is, for as long as it lies there.
 *
 * <div data-module="left-card" data-stage="none|left|forgotten">; the server writes what it knew
 * when it drew the page. A touch ends the reminder that is being spoken.
 */
import { Device, DeviceFault } from './device.mjs'

const LOOK_EVERY_MS = 2000
const TRY_AGAIN_MS = 15000
const SHOWN = new Set(['left', 'forgotten'])

export class LeftCard {
  static moduleName = 'left-card'

  constructor($root, { device = new Device(), clock = window } = {}) {
    this.$root = $root
    this.device = device
    this.clock = clock
    document.addEventListener('pointerdown', () => this.#hush(), { capture: true, passive: true })
    this.look()
  }

  /** Ask the host once, show what it says, and ask again later. */
  async look() {
    let wait = LOOK_EVERY_MS
    try {
      const { stage } = await this.device.card()
      const shown = SHOWN.has(stage) ? stage : 'none'
      /* the same sentence is not announced again with every look */
      if (this.$root.dataset.stage !== shown) this.$root.dataset.stage = shown
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault
      wait = TRY_AGAIN_MS
    }
    this.clock.setTimeout(() => this.look(), wait)
  }

  #hush() {
    if (this.$root.dataset.stage !== 'none') this.device.hush()
  }
}

/**
 * Keeps the technicians' message on the waiting screen fresh: the page asks for itself again when
 * the host has something else to say. Nothing is typed there and nothing can be lost.
 *
 * <div data-module="beside">; the server writes the message when it draws the page.
 */
import { LOOK_EVERY_MS, notices } from './notices.mjs'

export class Beside {
  static moduleName = 'beside'

  #version = null

  constructor($root, { clock = window, place = window.location, ask = notices } = {}) {
    this.place = place
    this.ask = ask
    this.look()
    clock.setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  async look() {
    const told = await this.ask()
    if (told === null) return
    if (this.#version !== null && this.#version !== told.version) this.place.reload()
    this.#version = told.version
  }
}

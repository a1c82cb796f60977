/**
 * Counts the last minute before a restart down, in the place of the site's name.
 *
 * <p data-module="closing" data-words="… … s" data-words-zh>; `…` is where the seconds stand.
 */
import { LOOK_EVERY_MS, notices } from './notices.mjs'

export class Closing {
  static moduleName = 'closing'

  #usual
  #closesAt = null

  constructor($root, { clock = window, now = () => performance.now(), ask = notices } = {}) {
    this.$root = $root
    this.now = now
    this.ask = ask
    this.#usual = [...$root.childNodes]
    this.look()
    clock.setInterval(() => this.look(), LOOK_EVERY_MS)
    clock.setInterval(() => this.show(), 1000)
  }

  async look() {
    const left = (await this.ask())?.closing_in_seconds
    this.#closesAt = Number.isFinite(left) ? this.now() + left * 1000 : null
    this.show()
  }

  show() {
    const closing = this.#closesAt !== null
    if (!closing && !this.$root.classList.contains('is-closing')) return
    this.$root.classList.toggle('is-closing', closing)
    if (!closing) {
      this.$root.removeAttribute('role')
      this.$root.replaceChildren(...this.#usual)
      return
    }
    const seconds = String(Math.max(0, Math.round((this.#closesAt - this.now()) / 1000)))
    const lines = [this.#line(this.$root.dataset.words, seconds)]
    const { wordsZh } = this.$root.dataset
    if (wordsZh) lines.push(document.createElement('br'), this.#line(wordsZh, seconds, 'zh-CN'))
    /* announced when it appears, not with every second */
    if (!this.$root.hasAttribute('role')) this.$root.setAttribute('role', 'timer')
    this.$root.replaceChildren(...lines)
  }

  #line(words, seconds, lang = '') {
    const $line = document.createElement('span')
    if (lang) {
      $line.lang = lang
      $line.dir = 'ltr'
    }
    $line.textContent = words.replace('…', seconds)
    return $line
  }
}

/**
 * Ends a visit that nobody is attending (P52), and never one that somebody is.
 *
 * <dialog data-module="idle-watch" data-warn-after="60" data-end-after="90" data-left="840"
 *         data-keep-url data-extend-url data-token>
 *
 * A touch, a key or a read card is a sign of life. After `warn-after` seconds without one the
 * dialog asks; at `end-after` the form in it is sent, which ends the visit on the server. The hard
 * limit asks in the same way a minute before it falls, and can be extended.
 */
const SIGNS = ['pointerdown', 'keydown', 'kiosk:sign']
const KEEP_EVERY_MS = 20000
const LIMIT_WARNING_SECONDS = 60

export class IdleWatch {
  static moduleName = 'idle-watch'

  #lastSign
  #lastKept
  #limitAt

  constructor($root, { clock = window, now = () => performance.now() } = {}) {
    this.$root = $root
    this.now = now
    this.warnAfter = Number($root.dataset.warnAfter) * 1000
    this.endAfter = Number($root.dataset.endAfter) * 1000
    this.$seconds = $root.querySelector('[data-seconds]')
    this.$end = $root.querySelector('[data-end]')
    this.#lastSign = this.now()
    this.#lastKept = this.now()
    this.#limitAt = this.now() + Number($root.dataset.left) * 1000
    for (const sign of SIGNS) {
      document.addEventListener(sign, () => this.#sign(), { capture: true, passive: true })
    }
    $root.addEventListener('cancel', (event) => event.preventDefault())
    $root.querySelector('[data-continue]').addEventListener('click', () => this.#goOn())
    clock.setInterval(() => this.tick(), 500)
  }

  /** One look at the clock: ask, count down, or end. */
  tick() {
    const idle = this.now() - this.#lastSign
    const untilLimit = this.#limitAt - this.now()
    const left = Math.min(this.endAfter - idle, untilLimit)
    if (left <= 0) {
      this.#finish(untilLimit <= 0 ? 'limit' : 'idle')
    } else if (idle >= this.warnAfter || untilLimit <= LIMIT_WARNING_SECONDS * 1000) {
      this.#ask(Math.ceil(left / 1000))
    }
  }

  #ask(seconds) {
    this.$seconds.textContent = String(seconds)
    if (!this.$root.open) this.$root.showModal()
  }

  #sign() {
    /* while the question stands, only its answer counts: a sleeve on the glass is no answer */
    if (this.$root.open) return
    this.#lastSign = this.now()
    if (this.now() - this.#lastKept > KEEP_EVERY_MS) {
      this.#lastKept = this.now()
      this.#post(this.$root.dataset.keepUrl)
    }
  }

  async #goOn() {
    const nearLimit = this.#limitAt - this.now() <= LIMIT_WARNING_SECONDS * 1000
    this.$root.close()
    this.#lastSign = this.now()
    const { extendUrl, keepUrl } = this.$root.dataset
    const answer = await this.#post(nearLimit ? extendUrl : keepUrl)
    const left = Number(answer?.left_seconds)
    if (Number.isFinite(left)) this.#limitAt = this.now() + left * 1000
  }

  #finish(why) {
    if (this.finished) return
    this.finished = true
    const $why = this.$end.elements.namedItem('why')
    if ($why) $why.value = why
    this.$end.submit()
  }

  async #post(url) {
    const body = new URLSearchParams({ csrf_token: this.$root.dataset.token })
    try {
      const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(5000) })
      return answer.ok && answer.headers.get('Content-Type')?.includes('json')
        ? await answer.json() : null
    } catch {
      /* a dead line must not end a visit; the next request finds the host's own page */
      return null
    }
  }
}

/**
 * Follows a print job: asks the server for the version of its state and draws the page again when
 * that changed. What is shown is always what the server drew. The slower the line, the rarer it asks:
 * the document comes over the same line.
 *
 * <div data-module="printing-watch" data-state-url data-version>
 */
const EVERY_MS = 1000
const AT_MOST_MS = 8000
const SHARE_OF_LINE = 4
/* after so many looks in vain the host's own page says that the line is dead, and comes back */
const MOST_MISSED = 3

export class PrintingWatch {
  static moduleName = 'printing-watch'

  #etag = null
  #pause = EVERY_MS
  #missed = 0

  constructor($root, {
    clock = window, place = window.location, now = () => performance.now(),
  } = {}) {
    this.$root = $root
    this.clock = clock
    this.place = place
    this.now = now
    this.#later()
  }

  #later() {
    this.clock.setTimeout(() => this.#look(), this.#pause)
  }

  async #look() {
    const { stateUrl, version } = this.$root.dataset
    try {
      const asked = this.now()
      const headers = this.#etag ? { 'If-None-Match': this.#etag } : {}
      const answer = await fetch(stateUrl, {
        headers, cache: 'no-store', signal: AbortSignal.timeout(5000),
      })
      const took = this.now() - asked
      this.#pause = Math.min(Math.max(EVERY_MS, SHARE_OF_LINE * took), AT_MOST_MS)
      this.#missed = answer.status >= 500 ? this.#missed + 1 : 0
      if (answer.status === 200) {
        this.#etag = answer.headers.get('ETag')
        const state = await answer.json()
        if (String(state.version) !== version) {
          document.dispatchEvent(new CustomEvent('kiosk:sign'))
          this.place.reload()
          return
        }
      } else if (this.#missed >= MOST_MISSED || (answer.status >= 400 && answer.status < 500)) {
        this.place.reload()
        return
      }
    } catch {
      /* the line may be gone for a moment; the job goes on without us */
      this.#pause = Math.min(this.#pause * 2, AT_MOST_MS)
    }
    this.#later()
  }
}

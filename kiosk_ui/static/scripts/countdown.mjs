/**
 * Counts down what is kept for a person, in words, and goes on when it is over.
 *
 * <p data-module="countdown" data-seconds data-to data-minutes="# min § s" data-short="§ s">
 *   <b data-left></b></p>
 *
 * The server knows when it is over; without script the time of day stands there all the same.
 */
const SECOND = 1000

export class Countdown {
  static moduleName = 'countdown'

  constructor($root, { clock = window, place = window.location, now = () => Date.now() } = {}) {
    this.$root = $root
    this.place = place
    this.now = now
    this.ends = now() + Number($root.dataset.seconds) * SECOND
    this.ticking = clock.setInterval(() => this.show(clock), SECOND)
  }

  show(clock) {
    const left = Math.max(0, Math.ceil((this.ends - this.now()) / SECOND))
    this.$root.querySelector('[data-left]').textContent = this.words(left)
    if (left > 0) return
    clock.clearInterval(this.ticking)
    this.place.replace(this.$root.dataset.to)
  }

  words(left) {
    const { minutes, short } = this.$root.dataset
    const seconds = String(left % 60)
    if (left < 60) return short.replace('§', seconds)
    return minutes.replace('#', String(Math.floor(left / 60))).replace('§', seconds)
  }
}

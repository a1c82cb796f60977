/** Keeps the waiting screen's clock right, in Beijing time whatever the machine's own zone. */
const MINUTE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hour12: false,
})

export class Clock {
  static moduleName = 'clock'

  constructor($root, { clock = window, now = () => new Date() } = {}) {
    this.$root = $root
    this.now = now
    clock.setInterval(() => this.show(), 5000)
  }

  show() {
    const time = MINUTE.format(this.now())
    if (this.$root.textContent !== time) this.$root.textContent = time
  }
}

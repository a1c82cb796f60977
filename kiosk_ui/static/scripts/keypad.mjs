/**
 * Ten keys that fill the field named by `data-for`, and the count of what is still missing.
 * Without script the field takes a keyboard, and the form is sent as it is.
 */
export class Keypad {
  static moduleName = 'keypad'

  constructor($root) {
    this.$field = document.getElementById($root.dataset.for)
    this.$count = document.querySelector(`[data-count-for="${$root.dataset.for}"]`)
    this.most = Number(this.$field.maxLength)
    $root.addEventListener('click', (event) => {
      const $key = event.target.closest('[data-key]')
      if ($key) this.press($key.dataset.key)
    })
    this.$field.addEventListener('input', () => this.#tidy(this.$field.value))
    this.#tidy(this.$field.value)
  }

  /** One key: a digit, `clear` or `erase`. */
  press(key) {
    const typed = this.$field.value
    if (key === 'clear') this.#tidy('')
    else if (key === 'erase') this.#tidy(typed.slice(0, -1))
    else this.#tidy(typed + key)
  }

  #tidy(text) {
    const letters = this.$field.dataset.letters ?? ''
    const digits = [...text.toUpperCase()]
      .filter((sign) => /\d/.test(sign) || letters.includes(sign)).join('').slice(0, this.most)
    if (this.$field.value !== digits) this.$field.value = digits
    const missing = this.most - digits.length
    this.$count.textContent = missing > 0 ? this.$count.dataset.words.replace('%', String(missing)) : ''
  }
}

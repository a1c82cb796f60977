/**
 * A press counts when the finger goes down and up inside the same target: a sliding sleeve presses
 * nothing. The pressed state is drawn at once. No context menu, no dragging, no zoom by pinching.
 */
const TARGET = 'a[href], button, label, summary'

export class Press {
  static moduleName = 'press'

  #down = null

  constructor($root) {
    $root.addEventListener('pointerdown', (event) => this.#press(event), true)
    $root.addEventListener('click', (event) => this.#check(event), true)
    for (const end of ['pointercancel', 'pointerup']) {
      $root.addEventListener(end, () => this.#release(), true)
    }
    for (const gesture of ['contextmenu', 'dragstart', 'selectstart']) {
      $root.addEventListener(gesture, (event) => event.preventDefault())
    }
    $root.addEventListener('wheel', (event) => {
      if (event.ctrlKey) event.preventDefault()
    }, { passive: false })
    $root.addEventListener('submit', (event) => this.#once(event))
  }

  #press(event) {
    this.#release()
    this.#down = event.target.closest(TARGET)
    this.#down?.classList.add('is-pressed')
  }

  #check(event) {
    /* a keyboard or a switch has no pointer: its click has no detail and always counts */
    if (event.detail === 0) return
    const up = event.target.closest(TARGET)
    const down = this.#down
    if (up && down && up !== down && !up.contains(down) && !down.contains(up)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }

  #release() {
    for (const $pressed of document.querySelectorAll('.is-pressed')) {
      $pressed.classList.remove('is-pressed')
    }
  }

  /* a second press of an impatient finger sends nothing twice */
  #once(event) {
    const $form = event.target
    if ($form.dataset.sent) event.preventDefault()
    else $form.dataset.sent = 'yes'
  }
}

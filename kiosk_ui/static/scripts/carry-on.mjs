/**
 * Sends a form that needs nobody's touch, once its words are on the screen: work that takes long.
 * Without script the button in the form does the same.
 */
const WORDS_SHOWN_MS = 300

export class CarryOn {
  static moduleName = 'carry-on'

  constructor($root, { clock = window } = {}) {
    clock.setTimeout(() => $root.requestSubmit(), WORDS_SHOWN_MS)
  }
}

/**
 * Sends a form that needs nobody's touch, once its words are on the screen: work that takes long.
 * Without script the button in the form does the same.
 *
 * <form data-module="carry-on" data-after="4">: so many seconds, where there is something to read.
 */
const WORDS_SHOWN_MS = 300

export class CarryOn {
  static moduleName = 'carry-on'

  constructor($root, { clock = window } = {}) {
    const { after } = $root.dataset
    clock.setTimeout(() => $root.requestSubmit(), after ? Number(after) * 1000 : WORDS_SHOWN_MS)
  }
}

/**
 * Goes on to another page after a while, on pages where nothing is typed and nothing can be lost.
 *
 * <div data-module="later" data-after="8" data-to="/kiosk/">; without script, a refresh does it.
 */
export class Later {
  static moduleName = 'later'

  constructor($root, { clock = window, place = window.location } = {}) {
    const { after, to } = $root.dataset
    clock.setTimeout(() => (to ? place.replace(to) : place.reload()), Number(after) * 1000)
  }
}

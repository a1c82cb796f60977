/**
 * Empties what the browser could keep of a visit (P52): storage, caches, workers, clipboard, words
 * that are being spoken.
 * Cookies are the server's to end. Runs on the last page and again on the waiting screen.
 */
export class Wipe {
  static moduleName = 'wipe'

  constructor($root, { stores = [window.sessionStorage, window.localStorage] } = {}) {
    for (const store of stores) store.clear()
    window.speechSynthesis?.cancel()
    this.done = this.#deep().then(() => { $root.dataset.wiped = 'yes' })
  }

  async #deep() {
    await this.#emptyClipboard()
    if (window.caches) {
      for (const name of await caches.keys()) await caches.delete(name)
    }
    if (navigator.serviceWorker) {
      for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister()
    }
    if (indexedDB.databases) {
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name)
    }
  }

  /* A page without the focus may not write there; the host looks afterwards whether it is empty. */
  async #emptyClipboard() {
    try {
      await navigator.clipboard?.writeText('')
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault
    }
  }
}

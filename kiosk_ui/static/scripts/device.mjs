/**
 * The host's own API on this machine, `/device/v1/`: card reads and scanned codes.
 *
 * The page is served by the same origin, so a same-origin request may fetch the token of this
 * boot; another origin may not. Every call has a time-out: a wait never stays without words.
 */
const BASE = '/device/v1'
const TIMEOUT_MS = 5000

/** A call that the host refused or did not answer; `code` is a stable code of the wire. */
export class DeviceFault extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

export class Device {
  #token = null

  constructor({ fetcher = (...request) => window.fetch(...request) } = {}) {
    this.fetcher = fetcher
  }

  /** Ask the host to read a card; `needs` names the fields that the item uses. Gives an id. */
  async startReading(nonce, needs) {
    const answer = await this.#call('/card-reads', {
      method: 'POST',
      body: JSON.stringify({ nonce, needs }),
    })
    return answer.id
  }

  /**
   * Where that read stands, `{state, read, masked_name, code}`: as soon as it is past the state
   * `past`, or after a second.
   */
  reading(id, past) {
    return this.#call(`/card-reads/${encodeURIComponent(id)}?past=${encodeURIComponent(past)}`)
  }

  /** Stop that read; it may be over already, which is as good. */
  stopReading(id) {
    return this.#stop(`/card-reads/${encodeURIComponent(id)}`)
  }

  /** Ask the host to listen to the code scanner. Gives an id. */
  async startScan(nonce) {
    const answer = await this.#call('/scans', { method: 'POST', body: JSON.stringify({ nonce }) })
    return answer.id
  }

  /** Where that scan stands, `{state, code}`: as soon as it is past the state `past`. */
  scan(id, past) {
    return this.#call(`/scans/${encodeURIComponent(id)}?past=${encodeURIComponent(past)}`)
  }

  /** Stop that scan; it may be over already, which is as good. */
  stopScan(id) {
    return this.#stop(`/scans/${encodeURIComponent(id)}`)
  }

  async #stop(path) {
    try {
      await this.#call(path, { method: 'DELETE', keepalive: true })
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault
    }
  }

  /** Whether a card lies on the reader, and whose turn it is: `{present, stage}`. */
  card() {
    return this.#call('/card')
  }

  /** Let the terminal say these prompts; refused where it has no voice for them. */
  say(ids, lang) {
    return this.#call('/speech', { method: 'POST', body: JSON.stringify({ say: ids, lang }) })
  }

  /** Whether the terminal is saying something. */
  async speaking() {
    return (await this.#call('/speech')).speaking
  }

  /** Silence; it may be silent already, which is as good. */
  async hush() {
    try {
      await this.#call('/speech', { method: 'DELETE', keepalive: true })
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault
    }
  }

  async #call(path, options = {}) {
    this.#token ??= (await this.#send('/token', {})).token
    return this.#send(path, options)
  }

  async #send(path, { body, ...options }) {
    const headers = { Accept: 'application/json' }
    if (this.#token) headers['X-Kiosk-Token'] = this.#token
    if (body) headers['Content-Type'] = 'application/json'
    let answer
    try {
      answer = await this.fetcher(BASE + path, {
        ...options, body, headers, cache: 'no-store', credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch {
      throw new DeviceFault('reader_absent')
    }
    const content = answer.status === 204 ? {} : await answer.json().catch(() => ({}))
    if (!answer.ok) throw new DeviceFault(content.code ?? 'reader_fault')
    return content
  }
}

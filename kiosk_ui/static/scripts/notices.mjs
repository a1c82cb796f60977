/**
 * What the host says to whoever stands here (`/device/v1/notices`): a message on the waiting
 * screen, and on every other page the last minute before the machine has to restart.
 *
 * Beside, never over: the message is part of the waiting screen, which asks for itself again when
 * it changes; the countdown takes the place of the site's name in the top line.
 */
const NOTICES = '/device/v1/notices'
export const LOOK_EVERY_MS = 5000
const TIMEOUT_MS = 3000

/** What the host has to say now, or null where no host answers. */
export async function notices(fetcher = (...request) => window.fetch(...request)) {
  try {
    const answer = await fetcher(NOTICES, {
      cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}

/** When to come back after a lost connection (docs/protocol.md, 6.4): a random wait below a limit that doubles. */
const FIRST = 1000
const LONGEST = 30_000
const LEAST = 250 // nobody sees a countdown shorter than this

/**
 * Milliseconds to wait before an attempt.
 *
 * @param attempt how many attempts have failed since the last good connection, from 0
 * @param retryAfter what a goodbye asked for, seconds; null: nothing
 * @param random between 0 and 1
 */
export function wait(attempt: number, retryAfter: number | null, random: number): number {
    const spread = Math.min(LONGEST, FIRST * 2 ** attempt)
    if (retryAfter !== null) return retryAfter * 1000 + (random * spread) / 4
    return Math.max(LEAST, random * spread)
}

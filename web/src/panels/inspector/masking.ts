/** Secrets, hidden from whoever looks on, as the server's traces hide them (src/roomful/protocol/masking.py). */

const SECRETS = ['password', 'token', 'resume', 'secret'] // fields that hold one of these words, at any depth
const CODES = new Set(['code', 'invite']) // and those that are called just so …
const FAULTS = new Set(['error', 'goodbye']) // … but in these objects `code` says what was wrong

/** A decoded payload with `***` for every secret in it. */
export function masked(value: unknown): unknown {
    const type = value && typeof value === 'object' ? (value as { type?: unknown }).type : ''
    return without(value, FAULTS.has(String(type)))
}

function without(value: unknown, fault: boolean): unknown {
    if (Array.isArray(value)) return value.map((item) => without(item, false))
    if (!value || typeof value !== 'object') return value
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, isSecret(key, fault) ? '***' : without(item, false)]),
    )
}

function isSecret(name: string, fault: boolean): boolean {
    const lower = name.toLowerCase()
    if (CODES.has(lower)) return !(fault && lower === 'code')
    return SECRETS.some((word) => lower.includes(word))
}

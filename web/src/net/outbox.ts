import { NONCED } from '../protocol/tables'
import type { RequestType } from '../protocol/types'
import { Refused } from './refused'

/** A request on its way: in line, or sent and not answered yet. */
export interface Pending {
    readonly id: number
    readonly type: RequestType
    readonly fields: Readonly<Record<string, unknown>>
    /** It may have been sent before: its receipt is looked for. */
    again: boolean
    /** How often the server asked to wait. */
    refusals: number
    resolve(answer: unknown): void
    reject(why: Refused): void
}

/** Requests that are nothing any more when the connection they were made on is gone. */
const FORGOTTEN: ReadonlySet<string> = new Set(['hello', 'login', 'logout', 'bye', 'ping', 'typing', 'presence'])
/** Those that must not be sent twice: whether they were done is for their user to see (docs/protocol.md, 6.5). */
const ONCE: ReadonlySet<string> = new Set(['register', 'password', 'unregister', 'token', 'code', 'remember', 'decide'])

const UNKNOWN = 'The connection was lost before the answer came: it may have been done.'
const GONE = 'The connection was lost.'

/** The requests of a page that have no reply yet, in their order. Pure: it neither sends nor waits. */
export class Outbox {
    private readonly line: Pending[] = []
    private readonly held: Pending[] = []
    private readonly sent = new Map<number, Pending>()
    private readonly resting = new Set<Pending>()
    private readonly putOff = new Set<number>() // ids of commands that the server had wait, until they are answered
    private lastId = 0
    private lastNonce = 0

    /** @param prefix new for each page, so that its nonces are nobody else's */
    constructor(private readonly prefix: string) {}

    nonce(): string {
        this.lastNonce += 1
        return `${this.prefix}-${this.lastNonce}`
    }

    /** A request at the end of the line. */
    add(type: RequestType, fields: object, resolve: Pending['resolve'], reject: Pending['reject']): void {
        this.line.push(this.made(type, fields, resolve, reject))
    }

    /** A request that is sent ahead of the line. */
    first(type: RequestType, fields: object, resolve: Pending['resolve'], reject: Pending['reject']): Pending {
        const pending = this.made(type, fields, resolve, reject)
        this.sent.set(pending.id, pending)
        return pending
    }

    private made(type: RequestType, fields: object, resolve: Pending['resolve'], reject: Pending['reject']): Pending {
        this.lastId += 1
        const whole = NONCED.has(type) && !('nonce' in fields) ? { nonce: this.nonce(), ...fields } : { ...fields }
        return { id: this.lastId, type, fields: whole, again: false, refusals: 0, resolve, reject }
    }

    /**
     * What may be sent now, so that at most `most` are without a reply. Commands stand behind one that the server has wait,
     * so that what was said first is recorded first.
     */
    take(most: number): Pending[] {
        const room = Math.max(0, most - this.sent.size)
        const first = Math.min(...this.putOff)
        const taken: Pending[] = []
        for (let at = 0; at < this.line.length && taken.length < room; ) {
            const pending = this.line[at]!
            if (NONCED.has(pending.type) && pending.id > first) at += 1
            else taken.push(...this.line.splice(at, 1))
        }
        for (const pending of taken) this.sent.set(pending.id, pending)
        return taken
    }

    /** Set aside what waits: requests made from here on stand before it. */
    hold(): void {
        this.held.push(...this.line.splice(0))
    }

    /** Put what was set aside at the end of the line. */
    release(): void {
        this.line.push(...this.held.splice(0))
    }

    /** The request that a reply is about, which is not pending any more. */
    answered(re: number | null): Pending | undefined {
        if (re === null) return undefined
        const pending = this.sent.get(re)
        this.sent.delete(re)
        this.putOff.delete(re)
        return pending
    }

    /** Keep a request that the server has put off, until `putBack`. */
    rest(pending: Pending): void {
        this.resting.add(pending)
        if (NONCED.has(pending.type)) this.putOff.add(pending.id)
    }

    /** Put a request that rested back into the line, in its order, to be sent again; unless it was given up meanwhile. */
    putBack(pending: Pending, again: boolean): void {
        if (!this.resting.delete(pending)) return
        pending.again ||= again && NONCED.has(pending.type)
        const behind = this.line.findIndex((other) => other.id > pending.id)
        this.line.splice(behind < 0 ? this.line.length : behind, 0, pending)
    }

    /** The connection is gone. What may be sent again goes back into the line, in its order; the rest is told. */
    lost(): void {
        const unanswered = [...this.sent.values()]
        this.sent.clear()
        const kept: Pending[] = []
        for (const pending of unanswered) {
            if (FORGOTTEN.has(pending.type)) pending.reject(new Refused('not_connected', GONE))
            else if (ONCE.has(pending.type)) pending.reject(new Refused('outcome_unknown', UNKNOWN))
            else {
                pending.again = NONCED.has(pending.type)
                kept.push(pending)
            }
        }
        this.line.unshift(...kept)
    }

    /** Give up all that waits: another participant must not send it. */
    giveUp(why: Refused): void {
        const all = [...this.sent.values(), ...this.resting, ...this.held.splice(0), ...this.line.splice(0)]
        this.sent.clear()
        this.resting.clear()
        this.putOff.clear()
        for (const pending of all) pending.reject(why)
    }

    get waiting(): number {
        return this.line.length + this.sent.size
    }
}

/** A request as it is written. */
export function written(pending: Pending): string {
    const again = pending.again ? { again: true } : {}
    return JSON.stringify({ type: pending.type, id: pending.id, ...pending.fields, ...again })
}

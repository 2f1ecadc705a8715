import type { EventFrame } from '../protocol/types'

/** Events of a room with numbers one after the other. */
export interface Stretch {
    readonly first: number
    readonly events: EventFrame[]
}

export const last = (stretch: Stretch): number => stretch.first + stretch.events.length - 1

/**
 * What this page has of a room's log: stretches without gaps in them, in their order. The last one grows at the head; others
 * are what was looked up further back. Stretches that meet become one.
 */
export class Log {
    readonly stretches: Stretch[] = []

    /** Take in events with numbers one after the other, those that are there already too. Answers those that are new. */
    add(events: readonly EventFrame[]): EventFrame[] {
        const fresh = events.filter((event) => !this.get(event.seq))
        let run: EventFrame[] = []
        for (const event of fresh) {
            const before = run.at(-1)
            if (before && event.seq !== before.seq + 1) {
                this.insert(run)
                run = []
            }
            run.push(event)
        }
        this.insert(run)
        return fresh
    }

    get(seq: number): EventFrame | undefined {
        const stretch = this.around(seq)
        return stretch?.events[seq - stretch.first]
    }

    /** The stretch that holds this number. */
    around(seq: number): Stretch | undefined {
        for (let at = this.stretches.length - 1; at >= 0; at -= 1) {
            const stretch = this.stretches[at]!
            if (seq >= stretch.first) return seq <= last(stretch) ? stretch : undefined
        }
        return undefined
    }

    /** Events are as they were told, but for what was redacted: its text must be gone from here too. */
    replace(event: EventFrame): void {
        const stretch = this.around(event.seq)
        if (stretch) stretch.events[event.seq - stretch.first] = event
    }

    /** Let go of all but the newest events; they are fetched anew when they are wanted. Answers the first that is left. */
    trim(left: number): number {
        const newest = this.stretches.at(-1)
        if (!newest) return 0
        const events = newest.events.slice(-left)
        const first = last(newest) - events.length + 1
        this.stretches.splice(0, this.stretches.length, { first, events })
        return first
    }

    clear(): void {
        this.stretches.length = 0
    }

    private insert(run: EventFrame[]): void {
        const head = run[0]
        if (!head) return
        const newest = this.stretches.at(-1)
        if (newest && head.seq === last(newest) + 1) {
            newest.events.push(...run) // by far the commonest: a new event
            return
        }
        const at = this.stretches.findIndex((stretch) => stretch.first > head.seq)
        const place = at < 0 ? this.stretches.length : at
        this.stretches.splice(place, 0, { first: head.seq, events: run })
        this.join(place)
        this.join(place - 1)
    }

    /** Make one of the stretch at this place and the next, if they meet. */
    private join(place: number): void {
        const one = this.stretches[place]
        const next = this.stretches[place + 1]
        if (!one || !next || last(one) + 1 !== next.first) return
        this.stretches.splice(place, 2, { first: one.first, events: one.events.concat(next.events) })
    }
}

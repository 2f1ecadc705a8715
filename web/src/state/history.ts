import type { Page } from '../protocol/types'
import { ask } from './client'
import { reasonsOf } from './explaining'
import type { Stretch } from './log'
import { last } from './log'
import type { Room } from './room'

const PAGE = 100
const asking = new Set<string>()

/** Fetch the events before a stretch; answers whether there are more. One at a time for each place. */
export async function before(room: Room, stretch: Stretch): Promise<void> {
    if (stretch.first <= room.first) return
    await once(`${room.id}<${stretch.first}`, async () => {
        void reasonsOf(room, Math.max(room.first, stretch.first - PAGE), stretch.first - 1) // asked first: it is there when the lines are
        learn(room, await ask('history', { room: room.name.value, before: stretch.first, limit: PAGE }))
    })
}

/** Fetch the events behind a stretch that does not reach the head. */
export async function after(room: Room, stretch: Stretch): Promise<void> {
    const end = last(stretch)
    if (end >= room.head.value) return
    await once(`${room.id}>${end}`, async () => {
        void reasonsOf(room, end + 1, end + PAGE) // asked first: it is there when the lines are
        learn(room, await ask('history', { room: room.name.value, after: end, limit: PAGE }))
    })
}

/** Have a line and what stands around it; answers whether the room has it. Throws `Refused`. */
export async function around(room: Room, seq: number): Promise<boolean> {
    if (room.log.get(seq)) return true
    void reasonsOf(room, Math.max(room.first, seq - PAGE / 2), seq + PAGE / 2)
    learn(room, await ask('history', { room: room.name.value, around: seq, limit: PAGE }))
    return room.log.get(seq) !== undefined
}

/** The number of the first event at or after a time, found by halving the log. 0: there is none. */
export async function atTime(room: Room, time: number): Promise<number> {
    let low = room.first
    let high = room.head.value
    let found = 0
    while (low <= high) {
        const middle = Math.floor((low + high) / 2)
        const event = room.log.get(middle) ?? (await one(room, middle))
        if (!event) return found
        if (Date.parse(event.at) >= time) {
            found = middle
            high = middle - 1
        } else low = middle + 1
    }
    return found
}

async function one(room: Room, seq: number): Promise<Page['events'][number] | undefined> {
    return (await ask('history', { room: room.name.value, after: seq - 1, limit: 1 })).events[0]
}

function learn(room: Room, page: Page): void {
    room.note(page.changes ?? [])
    room.take(page.events)
}

async function once(key: string, run: () => Promise<void>): Promise<void> {
    if (asking.has(key)) return
    asking.add(key)
    try {
        await run()
    } finally {
        asking.delete(key)
    }
}

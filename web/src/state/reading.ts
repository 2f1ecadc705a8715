import { ask } from './client'
import type { Room } from './room'
import { online } from './session'

const PAUSE = 400 // ms: reading on is told once it rests
const timers = new Map<Room, ReturnType<typeof setTimeout>>()

/** The reader has seen the room up to here: counts go back at once, and the server is told soon. */
export function markRead(room: Room, seq: number): void {
    if (!room.seen(seq)) return
    clearTimeout(timers.get(room))
    timers.set(
        room,
        setTimeout(() => {
            timers.delete(room)
            if (online.value) void ask('mark', { room: room.name.value, seq: room.read.value }).catch(() => undefined)
        }, PAUSE),
    )
}

/** The reader has seen a thread up to here. */
export function markThread(room: Room, thread: number, seq: number): void {
    if (room.threads.value.has(thread)) {
        const threads = new Map(room.threads.value)
        threads.delete(thread)
        room.threads.value = threads
    }
    if (online.value) void ask('mark', { room: room.name.value, seq, thread }).catch(() => undefined)
}

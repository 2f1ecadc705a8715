import type { EventFrame, Sender } from '../protocol/types'
import { withOne, withoutOld, type Said } from './reasons'
import type { Room } from './room'
import { roomFor, rooms } from './rooms'
import { epoch, me } from './session'

/** A room as it is kept on this device: its newest lines, to be read without a connection. */
interface Kept {
    readonly id: string
    readonly name: string
    readonly kind: 'public' | 'private' | 'direct'
    readonly topic: string
    readonly peer: Sender | null
    readonly read: number
    readonly first: number
    readonly head: number
    readonly events: readonly EventFrame[]
    /** Why bots were silent at them. */
    readonly said?: readonly Said[]
}

const NAME = 'roomful'
const NEWEST = 200 // lines a room
const PAUSE = 1500 // ms between two writes of a room
const due = new Map<Room, ReturnType<typeof setTimeout>>()

/** Write a room down soon; at once when the page is left. */
export function keepSoon(room: Room): void {
    if (due.has(room) || !room.id) return
    addEventListener('pagehide', keepNow)
    due.set(
        room,
        setTimeout(() => {
            due.delete(room)
            void keep(room)
        }, PAUSE),
    )
}

function keepNow(): void {
    for (const [room, timer] of due) {
        clearTimeout(timer)
        void keep(room)
    }
    due.clear()
}

async function keep(room: Room): Promise<void> {
    const newest = room.log.stretches.at(-1)
    const events = newest?.events.slice(-NEWEST) ?? []
    const kept: Kept = {
        id: room.id,
        name: room.name.value,
        kind: room.kind.value,
        topic: room.topic.value,
        peer: room.peer.value,
        read: room.read.value,
        first: room.first,
        head: room.head.value,
        events,
        said: [...withoutOld(room.decisions.value, events[0]?.seq ?? Infinity).values()].flat(),
    }
    await store('readwrite', (rooms_, facts) => {
        rooms_.put(kept)
        facts.put({ key: 'who', me: me.value, epoch: epoch.value })
    })
}

/** What was kept of the last visit comes back: who one was, and the rooms. Answers whether there was anything. */
export async function recall(): Promise<boolean> {
    let kept: Kept[] = []
    let who: { me: typeof me.value; epoch: string } | undefined
    const got = await store('readonly', (rooms_, facts) => {
        rooms_.getAll().onsuccess = (done) => (kept = (done.target as IDBRequest<Kept[]>).result)
        facts.get('who').onsuccess = (done) => (who = (done.target as IDBRequest<typeof who>).result)
    })
    if (!got || !who?.me || me.value) return false
    me.value = who.me
    epoch.value = who.epoch
    for (const one of kept) restore(one)
    return rooms.value.length > 0
}

function restore(kept: Kept): void {
    const room = roomFor(kept.name)
    if (room.log.stretches.length) return
    room.id = kept.id
    room.kind.value = kept.kind
    room.topic.value = kept.topic
    room.peer.value = kept.peer
    room.read.value = kept.read
    room.first = kept.first
    room.head.value = kept.head
    room.take(kept.events)
    room.decisions.value = (kept.said ?? []).reduce(withOne, room.decisions.value)
}

/** Forget all that is kept on this device, as on logging out. */
export async function forgetKept(): Promise<void> {
    await store('readwrite', (rooms_, facts) => {
        rooms_.clear()
        facts.clear()
    })
}

export async function forgetKeptRoom(room: Room): Promise<void> {
    await store('readwrite', (rooms_) => void rooms_.delete(room.id))
}

/** Answers false where the browser keeps nothing (private windows): the page does without. */
async function store(
    mode: IDBTransactionMode,
    work: (rooms_: IDBObjectStore, facts: IDBObjectStore) => void,
): Promise<boolean> {
    const base = await open()
    if (!base) return false
    return new Promise((resolve) => {
        const transaction = base.transaction(['rooms', 'facts'], mode)
        transaction.oncomplete = () => resolve(true)
        transaction.onerror = transaction.onabort = () => resolve(false)
        work(transaction.objectStore('rooms'), transaction.objectStore('facts'))
    })
}

let opening: Promise<IDBDatabase | null> | undefined

function open(): Promise<IDBDatabase | null> {
    opening ??= new Promise((resolve) => {
        if (typeof indexedDB === 'undefined') return resolve(null)
        const request = indexedDB.open(NAME, 1)
        request.onupgradeneeded = () => {
            request.result.createObjectStore('rooms', { keyPath: 'id' })
            request.result.createObjectStore('facts', { keyPath: 'key' })
        }
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => resolve(null)
    })
    return opening
}

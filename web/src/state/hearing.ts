import type { EventFrame, Sender, SignalFrame } from '../protocol/types'
import { follow } from './coming'
import { keepSoon } from './keeping'
import type { Room } from './room'
import { current, forgetRoom, invitations, roomFor, roomNamed } from './rooms'
import { settled } from './sending'
import { me } from './session'

type Told = (room: Room, event: EventFrame) => void
const listening = new Set<Told>()

/** Be told of each new event of every room, once it is in the room's log (notifications). The answer stops it. */
export function onEvent(told: Told): () => void {
    listening.add(told)
    return () => listening.delete(told)
}

/** An event from the server. */
export function heard(event: EventFrame): void {
    const room = roomNamed(event.room) ?? renamedFrom(event)
    if (!room) return
    if (event.seq <= room.cursor) return
    if (event.seq > room.cursor + 1) {
        void follow(room) // a gap: the log heals it
        return
    }
    if (!room.take([event]).length) return
    apply(room, event)
    count(room, event)
    room.drafts.close(event.sender.id, event.nonce)
    room.here.types(event.sender.id, false)
    room.here.speaks(event.sender.id, false)
    if (event.sender.id === me.value?.id) settled(room, event.nonce)
    room.trim()
    keepSoon(room)
    for (const told of listening) told(room, event)
}

function renamedFrom(event: EventFrame): Room | undefined {
    return event.body.type === 'renamed' && event.body.old ? roomNamed(event.body.old) : undefined
}

function apply(room: Room, event: EventFrame): void {
    const body = event.body
    switch (body.type) {
        case 'topic':
            room.topic.value = body.text
            break
        case 'renamed':
            room.name.value = body.name
            break
        case 'nick':
            renamed(room, event.sender, body.nick)
            break
        case 'join':
            room.people.set(event.sender.id, event.sender)
            if (event.seq > room.asOf) room.count.value += 1
            break
        case 'leave':
        case 'kick':
            if (event.seq > room.asOf) room.count.value = Math.max(0, room.count.value - 1)
            break
        case 'role':
            if (body.target.id === me.value?.id) room.role.value = body.role ?? 'member'
            break
        case 'changed': {
            const { type: _, kind, ...settings } = body
            room.settings.value = { ...room.settings.value, ...(settings as typeof room.settings.value) }
            if (kind === 'public' || kind === 'private') room.kind.value = kind
        }
    }
}

function renamed(room: Room, sender: Sender, nick: string): void {
    const now = { ...sender, nick }
    room.people.set(sender.id, now)
    if (room.peer.value?.id === sender.id) room.peer.value = now
    if (me.value?.id === sender.id) me.value = { ...me.value, nick }
}

function count(room: Room, event: EventFrame): void {
    const body = event.body
    if (body.type !== 'message' || event.sender.id === me.value?.id || event.seq <= room.read.value) return
    if (body.thread) {
        const threads = new Map(room.threads.value)
        const known = threads.get(body.thread)
        if (known !== undefined) room.threads.value = threads.set(body.thread, known + 1)
    }
    room.news(Boolean(body.everybody || body.mentions?.includes(me.value?.id ?? '')), Boolean(body.thread))
}

/** A signal from the server. */
export function signalled(frame: SignalFrame): void {
    const body = frame.body
    if (body.type === 'invited') {
        invitations.value = [...new Set([...invitations.value, frame.room])]
        return
    }
    if (body.type === 'direct') {
        const direct = roomFor(frame.room)
        direct.peer.value = body.peer
        void follow(direct)
        return
    }
    const room = roomNamed(frame.room)
    if (room) inRoom(room, frame)
}

function inRoom(room: Room, { sender, body }: SignalFrame): void {
    switch (body.type) {
        case 'state':
            room.here.state(body)
            room.drafts.replace(body.drafts ?? [])
            break
        case 'presence':
            room.here.presence(body)
            for (const one of body.online ?? []) room.people.set(one.id, one)
            break
        case 'typing':
            if (sender && sender.id !== me.value?.id) {
                const on = body.on ?? true
                if (body.speaking) room.here.speaks(sender.id, on)
                else room.here.types(sender.id, on)
            }
            break
        case 'draft':
            if (sender) room.drafts.grow(sender, body)
            break
        case 'decision':
            room.decided(body)
            keepSoon(room)
            break
        case 'marked':
            marked(room, body.seq, body.thread ?? null)
            break
        case 'removed':
            room.joined.value = false
            if (current.value === room) current.value = null
            forgetRoom(room)
    }
}

function marked(room: Room, seq: number, thread: number | null): void {
    if (thread !== null) {
        const threads = new Map(room.threads.value)
        threads.delete(thread)
        room.threads.value = threads
    } else room.seen(seq)
}

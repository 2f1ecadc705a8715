import { computed, signal, type Signal } from '@preact/signals'

import type { PresenceSignal, Sender, StateSignal, Status } from '../protocol/types'

export type Way = 'online' | 'idle' | 'away' | 'reconnecting'

/** Somebody who is connected to a room, or was a moment ago. */
export interface Present extends Sender {
    readonly way: Way
    readonly text: string
}

const TYPING_LASTS = 6000 // ms

/** Who is in a room just now, and who types. */
export class Here {
    readonly people = signal<ReadonlyMap<string, Present>>(new Map())
    readonly count = signal(0)
    private readonly until = signal<ReadonlyMap<string, number>>(new Map())
    /** Ids of those who type. */
    readonly typing = computed(() => [...this.until.value.keys()])
    private readonly spokenUntil = signal<ReadonlyMap<string, number>>(new Map())
    /** Ids of those who speak: the server makes text of a clip of theirs. */
    readonly speaking = computed(() => [...this.spokenUntil.value.keys()])

    state(state: StateSignal): void {
        const people = new Map<string, Present>()
        for (const one of state.here ?? []) people.set(one.id, { ...one, way: 'online', text: '' })
        for (const status of state.status ?? []) change(people, status)
        this.people.value = people
        this.count.value = state.count ?? people.size
        const now = Date.now()
        this.until.value = new Map((state.typing ?? []).map((id) => [id, now + TYPING_LASTS]))
        this.forget()
    }

    presence(told: PresenceSignal): void {
        const people = new Map(this.people.value)
        for (const one of told.online ?? []) people.set(one.id, { ...one, way: 'online', text: '' })
        for (const id of told.reconnecting ?? []) {
            const known = people.get(id)
            if (known) people.set(id, { ...known, way: 'reconnecting' })
        }
        for (const id of told.gone ?? []) people.delete(id)
        for (const status of told.status ?? []) change(people, status)
        this.people.value = people
        this.count.value = told.count ?? people.size
    }

    types(id: string, on: boolean): void {
        note(this.until, id, on)
        this.forget()
    }

    speaks(id: string, on: boolean): void {
        note(this.spokenUntil, id, on)
        this.forget()
    }

    /** Nobody is here: the connection is gone. */
    clear(): void {
        this.people.value = new Map()
        this.until.value = new Map()
        this.spokenUntil.value = new Map()
        this.count.value = 0
    }

    private forget(): void {
        if (!this.until.value.size && !this.spokenUntil.value.size) return
        setTimeout(() => {
            for (const one of [this.until, this.spokenUntil]) fade(one)
        }, TYPING_LASTS + 50)
    }
}

type Until = Signal<ReadonlyMap<string, number>>

/** Somebody does something, or has stopped. */
function note(one: Until, id: string, on: boolean): void {
    if (!on && !one.value.has(id)) return
    const until = new Map(one.value)
    if (on) until.set(id, Date.now() + TYPING_LASTS)
    else until.delete(id)
    one.value = until
}

/** Forget those whose time is over. */
function fade(one: Until): void {
    const now = Date.now()
    const left = [...one.value].filter(([, until]) => until > now)
    if (left.length < one.value.size) one.value = new Map(left)
}

function change(people: Map<string, Present>, status: Status): void {
    const known = people.get(status.id)
    if (!known) return
    const way = status.state === 'idle' || status.state === 'away' ? status.state : 'online'
    people.set(status.id, { ...known, way, text: status.text ?? '' })
}

import { answer, edit } from '../composer/composing'
import { aside, me, type Line, type Room } from '../state'
import { may } from '../app/rights'
import { copyLink, picking, redact } from './doing'

type Key = (room: Room, line: Line, row: HTMLElement) => void

const KEYS: Readonly<Record<string, Key>> = {
    r: (room, line) => answer(room, line),
    t: (_, line) => (aside.value = { name: 'thread', seq: line.seq }),
    w: (_, line) => (aside.value = { name: 'why', seq: line.seq }),
    '+': (_, line) => (picking.value = line.seq),
    e: (room, line) => line.sender.id === me.value?.id && edit(room, line),
    l: (room, line) => copyLink(room, line),
    Delete: (room, line) => mayRedact(room, line) && redact(room, line),
}

export const mayRedact = (room: Room, line: Line): boolean =>
    may(room, line.sender.id === me.value?.id ? 'redact_own' : 'redact')

/** The keys of a line that has the focus, for what its buttons do. */
export function keysOn(room: Room, line: Line, inThread: boolean): (event: KeyboardEvent) => void {
    return (event) => {
        const row = event.currentTarget as HTMLElement
        if (event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return
        if (line.redacted || !(event.key in KEYS) || (inThread && event.key === 't')) return
        KEYS[event.key]!(room, line, row)
        event.preventDefault()
        event.stopPropagation()
    }
}

/** Arrows move from line to line; the first one, from the timeline itself, to the newest. Answers whether it was one. */
export function walked(event: KeyboardEvent): boolean {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const from = event.target as HTMLElement
    const box = event.currentTarget as HTMLElement
    if (!step || event.altKey || !(from === box || from.matches('article, .fact'))) return false
    const all = [...box.querySelectorAll<HTMLElement>('article, .fact')]
    const next = from === box ? all.at(-1) : all[all.indexOf(from) + step]
    event.preventDefault()
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
    return true
}

import { signal } from '@preact/signals'

import type { Room } from '../state'

/** The order of rooms as the reader has dragged it, by id; kept on this device. */
const KEPT = 'roomful.order'

function kept(): readonly string[] {
    try {
        const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]')
        return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : []
    } catch {
        return [] // somebody else's words under our name: the order by name will do
    }
}

const order = signal(kept())

/** Rooms as they are listed: those that were dragged first, in that order; then by name. Pure but for the order. */
export function ordered(rooms: readonly Room[]): Room[] {
    const place = new Map(order.value.map((id, at) => [id, at]))
    const rank = (room: Room): number => place.get(room.id) ?? Infinity
    return [...rooms].sort((a, b) => {
        const [one, other] = [rank(a), rank(b)]
        return one === other ? a.title.localeCompare(b.title) : one - other
    })
}

/** Put a room before another of the list, or at its end. */
export function move(list: readonly Room[], room: Room, before: Room | null): void {
    const rest = list.filter((one) => one !== room)
    const at = before ? rest.indexOf(before) : rest.length
    rest.splice(at < 0 ? rest.length : at, 0, room)
    const ids = rest.map((one) => one.id)
    order.value = [...ids, ...order.value.filter((id) => !ids.includes(id))]
    localStorage.setItem(KEPT, JSON.stringify(order.value))
}

import { may as mayBy } from '../panels/rights'
import type { Action } from '../protocol/types'
import type { Room } from '../state'

/** Whether to offer this in a room now: the reader may do it, and the room is not only to be read. */
export function may(room: Room, action: Action): boolean {
    const reads = action === 'read' || action.startsWith('see_')
    return mayBy(room, action) && (reads || !room.settings.value.archived)
}

import { AsidePanel } from '../panels'
import { aside, type Room } from '../state'
import { Thread } from '../timeline/thread'

/** What stands beside the timeline: a thread, or a panel. */
export function Aside({ room }: { room: Room }) {
    const shown = aside.value
    if (!shown) return null
    if (shown.name === 'thread') return <Thread key={shown.seq} room={room} root={shown.seq ?? 0} />
    return <AsidePanel />
}

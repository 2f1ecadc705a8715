import { useEffect } from 'preact/hooks'

import { hasKeyboard } from '../composer/composing'
import { AsidePanel } from '../panels'
import { aside, type Room } from '../state'
import { Thread } from '../timeline/thread'

/** What stands beside the timeline: a thread, or a panel. */
export function Aside({ room }: { room: Room }) {
    const shown = aside.value
    useEffect(() => backToField, [])
    if (!shown) return null
    if (shown.name === 'thread') return <Thread key={shown.seq} room={room} root={shown.seq ?? 0} />
    return <AsidePanel />
}

/** What was closed had the focus: one writes on. */
function backToField(): void {
    queueMicrotask(() => {
        if (document.activeElement === document.body && hasKeyboard()) document.getElementById('composer')?.focus()
    })
}

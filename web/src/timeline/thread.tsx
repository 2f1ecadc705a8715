import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

import { IconButton, Spinner } from '../design'
import { t } from '../i18n'
import type { EventFrame } from '../protocol/types'
import { around, ask, aside, markThread, online, type Line, type Room } from '../state'
import { Composer } from '../composer/composer'
import { told } from '../app/telling'
import { OutgoingLines } from './outgoing'
import { beginsAnew } from './rows'
import { Message } from './row'
import { walked } from './shortcuts'
import { VerdictLines } from './verdicts'

/** A thread beside the timeline: the line it hangs on, what was said in it, and where one answers. */
export function Thread({ room, root }: { room: Room; root: number }) {
    const fetched = useSignal<readonly EventFrame[] | null>(null)
    const box = useRef<HTMLDivElement>(null)
    useEffect(() => {
        if (!online.value) return
        told(around(room, root))
        told(
            ask('thread', { room: room.name.value, seq: root, limit: 500 }).then(({ events, changes = [] }) => {
                room.note(changes)
                fetched.value = events
            }),
        )
    }, [room, root, online.value])
    const lines = said(room, root, fetched.value ?? [])
    const newest = lines.at(-1)?.event.seq ?? 0
    useEffect(() => {
        if (newest) markThread(room, root, newest)
    }, [newest])
    useLayoutEffect(() => box.current?.scrollTo({ top: box.current.scrollHeight }), [newest])
    const head = room.line(root)
    return (
        <aside class="aside thread" aria-label={t('thread.title')}>
            <header class="aside-head">
                <h2>{t('thread.title')}</h2>
                <IconButton
                    icon="close"
                    label={t('aside.close')}
                    keys="Esc"
                    class="push"
                    onClick={() => (aside.value = null)}
                />
            </header>
            <div
                class="lines scroll thread-lines"
                ref={box}
                tabIndex={0}
                role="log"
                aria-label={t('thread.title')}
                onKeyDown={walked}
            >
                {head && <Message room={room} line={head} first inThread />}
                <div class="thread-rule" role="separator">
                    {fetched.value === null && online.value ? (
                        <Spinner label={t('timeline.loading')} />
                    ) : (
                        t('line.replies', { count: lines.length })
                    )}
                </div>
                {lines.map(({ line, event }, at) => (
                    <div key={line.seq}>
                        <Message
                            room={room}
                            line={line}
                            first={beginsAnew(event, lines[at - 1]?.event)}
                            inThread
                        />
                        <VerdictLines room={room} seq={line.seq} />
                    </div>
                ))}
                <OutgoingLines room={room} thread={root} />
            </div>
            <Composer room={room} thread={root} />
        </aside>
    )
}

/** What was said in a thread: what was fetched, and what the room's log has by now. */
function said(room: Room, root: number, fetched: readonly EventFrame[]): { event: EventFrame; line: Line }[] {
    void room.version.value
    const all = new Map<number, EventFrame>()
    for (const event of fetched) all.set(event.seq, event)
    for (const stretch of room.log.stretches) {
        for (const event of stretch.events)
            if (event.body.type === 'message' && event.body.thread === root) all.set(event.seq, event)
    }
    return [...all.values()].sort((a, b) => a.seq - b.seq).map((event) => ({ event, line: room.shown(event) }))
}

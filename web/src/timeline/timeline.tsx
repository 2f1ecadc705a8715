import { effect, signal, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'

import { Button, EmptyState, IconButton, Spinner } from '../design'
import { t } from '../i18n'
import type { EventFrame } from '../protocol/types'
import { after, around, aside, before, counting, markRead, newestReasons, online, place, type Room } from '../state'
import { last } from '../state/log'
import { told } from '../app/telling'
import { GrowingAnswers } from './growing'
import { OutgoingLines } from './outgoing'
import { anotherDay, beginsAnew } from './rows'
import { Row } from './row'
import { Scroller, type Window } from './scroller'
import { walked } from './shortcuts'
import { Typists } from './typists'
import { VerdictLines } from './verdicts'

const NEAR = 2000 // px from an end: the next page is fetched
const FLASH = 1800 // ms

const visible = signal(!document.hidden)
document.addEventListener('visibilitychange', () => (visible.value = !document.hidden))

/** A room's lines, the newest below. */
export function Timeline({ room }: { room: Room }) {
    const scroller = useMemo(() => new Scroller(), [room])
    const focus = useSignal(0) // the stretch that holds this number is shown; 0: that at the head
    const flash = useSignal(0)
    const box = useRef<HTMLDivElement>(null)
    const inner = useRef<HTMLDivElement>(null)
    const stretch = (room.version.value, room.stretch(focus.value))
    scroller.update(stretch)
    void scroller.moved.value
    const atHead = !stretch || last(stretch) >= room.cursor

    useLayoutEffect(
        () => (box.current && inner.current ? scroller.attach(box.current, inner.current) : undefined),
        [scroller],
    )
    useLayoutEffect(() => scroller.settle())
    useEffect(() => fetchMore(room, scroller, focus.value))
    useWishes(room, scroller, focus, flash)
    useReading(room, scroller, atHead)
    useEffect(() => effect(() => void (online.value && newestReasons(room))), [room])

    const toEnd = () => {
        focus.value = 0
        scroller.toEnd()
    }
    return (
        <div class="timeline">
            <UnreadPill room={room} scroller={scroller} />
            <div
                class="lines scroll"
                ref={box}
                role="log"
                aria-live="off"
                aria-label={t('timeline.label', { room: room.title })}
                tabIndex={0}
                onKeyDown={(event) => keys(event, toEnd)}
            >
                <Beginning room={room} from={stretch?.first ?? 0} />
                <Rows
                    room={room}
                    version={room.version.value}
                    scroller={scroller}
                    window={scroller.window()}
                    inner={inner}
                    events={stretch?.events ?? []}
                    from={stretch?.first ?? 1}
                    flash={flash.value}
                />
                {atHead && (
                    <div class="tail" ref={scroller.watch}>
                        <VerdictLines room={room} seq={0} />
                        <OutgoingLines room={room} thread={null} />
                        <GrowingAnswers room={room} />
                    </div>
                )}
            </div>
            <Typists room={room} />
            <ToNewest room={room} scroller={scroller} atHead={atHead} toEnd={toEnd} />
            <Announcer room={room} />
        </div>
    )
}

interface RowsProps {
    room: Room
    /** The events are the same array when there are more of them: this tells. */
    version: number
    window: Window
    scroller: Scroller
    inner: { current: HTMLDivElement | null }
    events: readonly EventFrame[]
    from: number
    flash: number
}

function Rows({ room, scroller, window, inner, events, from, flash }: RowsProps) {
    const { seqs } = scroller.rows
    const unreadFrom = room.unreadFrom.value
    const get = (seq: number | undefined) => (seq === undefined ? undefined : events[seq - from])
    return (
        <div ref={inner} class="rows">
            <div />
            {seqs.slice(window.from, window.to).map((seq, at) => {
                const index = window.from + at
                const event = get(seq)!
                const above = get(seqs[index - 1])
                return (
                    <Row
                        key={seq}
                        room={room}
                        event={event}
                        line={room.line(seq)}
                        index={index}
                        first={beginsAnew(event, above)}
                        newDay={anotherDay(event, above)}
                        unread={unreadFrom > 0 && seq > unreadFrom && (above?.seq ?? 0) <= unreadFrom}
                        flash={flash === seq}
                    />
                )
            })}
            <div />
        </div>
    )
}

/** Fetch the next page when an end comes near. */
function fetchMore(room: Room, scroller: Scroller, focus: number): void {
    const stretch = room.stretch(focus)
    if (!stretch || !online.peek()) return
    const { above, below } = scroller.distances()
    if (above < NEAR && stretch.first > room.first) told(before(room, stretch))
    if (below < NEAR && last(stretch) < room.cursor) told(after(room, stretch))
}

/** Show the line that an address names. */
function useWishes(room: Room, scroller: Scroller, focus: { value: number }, flash: { value: number }): void {
    useSignalEffect(() => {
        const wish = place.value
        if (!wish.seq || !room.joined.value) return
        told(
            around(room, wish.seq).then((found) => {
                if (!found) return
                focus.value = wish.seq
                flash.value = wish.seq
                scroller.jump(wish.seq)
                setTimeout(() => (flash.value = 0), FLASH)
            }),
        )
    })
}

/** What is seen is read: the newest lines, while the page is looked at. */
function useReading(room: Room, scroller: Scroller, atHead: boolean): void {
    const looked = visible.value && room.joined.value && !counting.value
    useEffect(() => {
        room.readingBack = !scroller.stuck.value || !atHead
        if (looked && atHead && scroller.stuck.value) markRead(room, room.cursor)
    })
    useEffect(() => () => void (room.readingBack = false), [room])
}

function keys(event: KeyboardEvent, toEnd: () => void): void {
    if (event.key === 'Escape' && !aside.value) return toField(event)
    if (walked(event) || event.key !== 'End' || event.target !== event.currentTarget) return
    event.preventDefault()
    toEnd()
}

/** From the lines back to where one writes. */
function toField(event: KeyboardEvent): void {
    event.preventDefault()
    document.querySelector<HTMLTextAreaElement>('#composer')?.focus()
}

function Beginning({ room, from }: { room: Room; from: number }) {
    if (from > room.first)
        return <div class="beginning">{online.value && <Spinner label={t('timeline.loading')} />}</div>
    if (!from && !room.joined.value) return <div class="beginning" />
    const direct = room.kind.value === 'direct'
    return (
        <div class="beginning">
            <EmptyState
                icon={direct ? 'person' : 'hash'}
                title={t(direct ? 'timeline.beginning.with' : 'timeline.beginning', { room: room.title })}
            >
                <p>
                    {room.welcome.value ||
                        room.settings.value.description ||
                        t(direct ? 'timeline.beginning.direct' : 'timeline.beginning.words')}
                </p>
            </EmptyState>
        </div>
    )
}

function UnreadPill({ room, scroller }: { room: Room; scroller: Scroller }) {
    const from = room.unreadFrom.value
    void room.version.value
    void scroller.moved.value
    const { rows } = scroller
    const index = rows.indexOf(from + 1)
    const hidden = from === 0 || room.sawUnread.value || index >= scroller.shownFrom
    if (hidden) return null
    const jump = () => {
        room.sawUnread.value = true
        scroller.jump(from + 1)
    }
    return (
        <div class="pill pill-above">
            <Button small icon="up" onClick={jump}>
                {t('timeline.unread.jump')}
            </Button>
        </div>
    )
}

interface ToNewestProps {
    room: Room
    scroller: Scroller
    atHead: boolean
    toEnd: () => void
}

function ToNewest({ room, scroller, atHead, toEnd }: ToNewestProps) {
    const shown = useComputed(() => !scroller.stuck.value)
    if (!shown.value && atHead) return null
    const count = room.unread.value
    return (
        <div class="pill pill-below">
            {count > 0 && <span class="count count-loud">{count}</span>}
            <IconButton icon="newest" label={t('timeline.newest')} keys="End" class="round" onClick={toEnd} />
        </div>
    )
}

/** Reads new lines out, for those who do not see them; the timeline itself is silent, as its rows come and go. */
function Announcer({ room }: { room: Room }) {
    const newest = (room.version.value, room.line(room.cursor))
    const seen = useRef(room.cursor)
    const text =
        newest && newest.seq > seen.current && !newest.redacted
            ? t('timeline.said', { nick: newest.sender.nick, text: newest.text })
            : ''
    useEffect(() => {
        seen.current = Math.max(seen.current, newest ? newest.seq - 1 : 0)
    })
    return (
        <div class="unseen" aria-live="polite">
            {text.slice(0, 500)}
        </div>
    )
}

/** The protocol inspector: every frame of this page's connection, as it comes and goes. The teaching view in the browser. */

import { signal, useComputed, useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { Button, EmptyState, IconButton, Select, TextField } from '../../design'
import { t } from '../../i18n'
import { bytes } from '../../i18n/format'
import { tap } from '../../state'
import { AsideFrame } from '../parts'
import { ALL, filtered, kept, Reader, roomsOf, typesOf, type Filter, type Seen } from './frames'
import { FrameDetails } from './FrameDetails'
import { FrameRow, ROW } from './FrameRow'

const frames = signal<readonly Seen[]>([])
const paused = signal(false)

/** Looks on from the first opening of the panel, also while it is closed; what came before is what the connection kept. */
function watch(): void {
    const reader = new Reader()
    let waiting: Seen[] = []
    const flush = () => {
        frames.value = kept(frames.value, waiting)
        waiting = []
    }
    tap((frame) => {
        const seen = reader.read(frame)
        if (paused.value) return
        if (!waiting.length) setTimeout(flush, 50)
        waiting.push(seen)
    })
}

let watching = false

export default function Inspector() {
    if (!watching) {
        watching = true
        watch()
    }
    const filter = useSignal<Filter>(ALL)
    const shown = useComputed(() => filtered(frames.value, filter.value))
    const chosen = useSignal<Seen | null>(null)
    const set = (change: Partial<Filter>) => (filter.value = { ...filter.value, ...change })
    return (
        <AsideFrame
            wide
            title={t('inspector.title')}
            tools={<Tools />}
            above={<Filters filter={filter.value} set={set} />}
        >
            {shown.value.length ? (
                <List frames={shown} chosen={chosen} />
            ) : (
                <EmptyState icon="frames" title={t('inspector.none')}>
                    {t('inspector.what')}
                </EmptyState>
            )}
            <FrameDetails frame={chosen.value} close={() => (chosen.value = null)} />
        </AsideFrame>
    )
}

function Tools() {
    const size = frames.value.reduce((sum, one) => sum + one.size, 0)
    return (
        <>
            <span class="small soft inspector-count">
                {t('inspector.count', { count: frames.value.length, size: bytes(size) })}
            </span>
            <IconButton
                icon={paused.value ? 'play' : 'pause'}
                label={paused.value ? t('inspector.go_on') : t('inspector.pause')}
                pressed={paused.value}
                onClick={() => (paused.value = !paused.value)}
            />
            <IconButton icon="trash" label={t('inspector.clear')} onClick={() => (frames.value = [])} />
        </>
    )
}

function Filters({ filter, set }: { filter: Filter; set: (change: Partial<Filter>) => void }) {
    const any = (words: readonly string[]) => [
        ['', t('inspector.all')] as const,
        ...words.map((word) => [word, word] as const),
    ]
    return (
        <div class="inspector-filters">
            <Select
                bare
                label={t('inspector.direction')}
                value={filter.direction}
                onValue={(direction) => set({ direction })}
                options={[
                    ['both', t('inspector.both')],
                    ['out', t('inspector.out')],
                    ['in', t('inspector.in')],
                ]}
            />
            <Select
                bare
                label={t('inspector.type')}
                value={filter.type}
                onValue={(type) => set({ type })}
                options={any(typesOf(frames.value))}
            />
            <Select
                bare
                label={t('inspector.room')}
                value={filter.room}
                onValue={(room) => set({ room })}
                options={any(roomsOf(frames.value))}
            />
            <TextField
                bare
                type="search"
                label={t('inspector.text')}
                placeholder={t('inspector.text')}
                value={filter.text}
                onValue={(text) => set({ text })}
                plain
            />
        </div>
    )
}

/** The rows that are in view, of all that there are; it stays at the newest while it is there. */
function List({ frames: all, chosen }: { frames: { value: readonly Seen[] }; chosen: Signal<Seen | null> }) {
    const box = useRef<HTMLDivElement>(null)
    const top = useSignal(0)
    const height = useSignal(400)
    const atEnd = useRef(true)
    const shown = all.value
    useEffect(() => {
        const element = box.current
        if (!element) return undefined
        const watching = new ResizeObserver(() => {
            height.value = element.clientHeight
            if (atEnd.current) element.scrollTop = element.scrollHeight
        })
        watching.observe(element)
        return () => watching.disconnect()
    }, [])
    useEffect(() => {
        if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight
    }, [shown])
    const onScroll = () => {
        const element = box.current
        if (!element) return
        top.value = element.scrollTop
        atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 2 * ROW
    }
    const first = Math.max(0, Math.floor(top.value / ROW) - 10)
    const last = Math.min(shown.length, Math.ceil((top.value + height.value) / ROW) + 10)
    return (
        <div class="frames-box">
            <div
                ref={box}
                class="frames scroll"
                role="log"
                aria-label={t('inspector.title')}
                tabIndex={0}
                onScroll={onScroll}
            >
                <div class="frames-all" style={{ blockSize: `${shown.length * ROW}px` }}>
                    <div class="frames-some" style={{ transform: `translateY(${first * ROW}px)` }}>
                        {shown.slice(first, last).map((one) => (
                            <FrameRow
                                key={one.number}
                                frame={one}
                                chosen={chosen.value === one}
                                choose={() => (chosen.value = one)}
                            />
                        ))}
                    </div>
                </div>
            </div>
            {!atEnd.current && (
                <Button
                    small
                    class="frames-newest"
                    icon="newest"
                    onClick={() => box.current?.scrollTo({ top: box.current.scrollHeight })}
                >
                    {t('inspector.newest')}
                </Button>
            )}
        </div>
    )
}

/** Cards under a line: what its links lead to. Loaded with the first that is wanted. */

import { signal, type Signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { IconButton } from '../design'
import { t } from '../i18n'
import type { Line, Room } from '../state'
import './cards.css'
import { hidden, hide } from './hidden'
import type { CardsProps } from './previews'

/** As `GET /api/v1/rooms/{room}/events/{seq}/previews` answers. */
interface Preview {
    readonly link: string
    readonly address: string
    readonly title: string
    readonly site: string
    readonly description?: string
}

const AT_ONCE = 2 // requests
const TRIES = 3
const KEPT = 500 // lines
const LATER = 2 // s, where the server does not say

/** What is known of lines, so that rows have their height at once when they come into view again. */
const known = new Map<string, Signal<readonly Preview[]>>()
const waiting: (() => Promise<void>)[] = []
let running = 0

export default function Cards({ room, line }: CardsProps) {
    const previews = useMemo(() => of(room, line), [room, line.seq, line.text])
    const shown = previews.value.filter((one) => /^https?:\/\//i.test(one.link) && !hidden.value.has(key(room, line, one)))
    if (!shown.length) return null
    return (
        <div class="previews">
            {shown.map((one) => (
                <Card key={one.link} preview={one} onHide={() => hide(key(room, line, one))} />
            ))}
        </div>
    )
}

const key = (room: Room, line: Line, preview: Preview): string => `${room.id}/${line.seq}/${preview.link}`

function Card({ preview, onHide }: { preview: Preview; onHide: () => void }) {
    const host = hostOf(preview.address)
    return (
        <div class="preview" role="group" aria-label={t('preview.of', { site: host })}>
            <a href={preview.link} target="_blank" rel="noopener noreferrer nofollow ugc">
                <span class="preview-site cut">{preview.site === host ? host : `${preview.site} · ${host}`}</span>
                <b class="preview-title">{preview.title}</b>
                {preview.description && <span class="preview-words">{preview.description}</span>}
            </a>
            <IconButton icon="close" small label={t('preview.hide')} onClick={onHide} />
        </div>
    )
}

/** Whose page it is, whatever it calls itself. */
function hostOf(address: string): string {
    try {
        return new URL(address).hostname.replace(/^www\./, '')
    } catch {
        return ''
    }
}

function of(room: Room, line: Line): Signal<readonly Preview[]> {
    const name = `${room.id}/${line.seq}/${line.text}`
    const found = known.get(name)
    if (found) return found
    const fresh = signal<readonly Preview[]>([])
    if (known.size >= KEPT) known.delete(known.keys().next().value!)
    known.set(name, fresh)
    waiting.push(async () => void (fresh.value = await fetched(room.name.value, line.seq)))
    void goOn()
    return fresh
}

/** The newest first: it is what is looked at. */
async function goOn(): Promise<void> {
    if (running >= AT_ONCE) return
    running += 1
    for (let next = waiting.pop(); next; next = waiting.pop()) await next()
    running -= 1
}

async function fetched(room: string, seq: number, tries = TRIES): Promise<readonly Preview[]> {
    const response = await fetch(`/api/v1/rooms/${encodeURIComponent(room)}/events/${seq}/previews`).catch(() => null)
    if (response?.ok) return ((await response.json()) as { previews: readonly Preview[] }).previews
    if (tries <= 1 || (response && response.status !== 429 && response.status !== 503)) return []
    const wait = Number(response?.headers.get('Retry-After')) || LATER
    await new Promise((resolve) => setTimeout(resolve, 1000 * wait))
    return fetched(room, seq, tries - 1)
}

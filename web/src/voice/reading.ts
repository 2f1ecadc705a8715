/**
 * Bots' answers read out, sentence by sentence while they are written. One sentence at a time: it never talks over itself.
 */

import { effect, signal } from '@preact/signals'

import { toast } from '../design'
import { t } from '../i18n'
import { onEvent, type Room } from '../state'
import { Cutter } from './sentences'

const AHEAD = 2 // sentences that are fetched before their turn
const PATIENCE = 5_000 // ms: who is told to ask later than that does without this sentence
const AGAIN = 500 // ms after which a sentence is asked for again whose answer has just become a line

interface Sentence {
    readonly nonce: string // of the answer: its draft's id, and its line's nonce
    readonly text: string
    sound: Promise<Blob | null> | null
}

/** Something is being read, or waits to be. */
export const reading = signal(false)

let stopNow: () => void = () => undefined

/** Be quiet: what has been said until now is not read out any more. */
export const stop = (): void => stopNow()

/** Read the answers of bots in this room from now on. The answer ends it. */
export function read(room: Room): () => void {
    const reader = new Reader(room)
    stopNow = () => reader.stop()
    const ends = [
        effect(() => {
            for (const one of room.drafts.open.value) reader.grows(one.draft, one.text)
        }),
        onEvent((where, { body, sender, nonce, seq }) => {
            if (where === room && sender.kind === 'bot' && body.type === 'message') reader.said(nonce, body.text ?? '', seq)
        }),
    ]
    return () => {
        for (const end of ends) end()
        reader.stop()
        stopNow = () => undefined
    }
}

/** Reads what grows in one room. */
export class Reader {
    private readonly cutters = new Map<string, Cutter | null>() // by nonce; null: this one is not read any further
    private readonly seqs = new Map<string, number>()
    private queue: Sentence[] = []
    private playing: HTMLAudioElement | null = null
    private running = false
    private ending = new AbortController()
    private complained = '' // what was wrong is told once

    constructor(private readonly room: Pick<Room, 'name'>) {}

    /** An answer has grown. */
    grows(nonce: string, text: string): void {
        this.take(nonce, text, false)
    }

    /** It is a line now, or one came at once. */
    said(nonce: string, text: string, seq: number): void {
        this.seqs.set(nonce, seq)
        this.take(nonce, text, true)
        this.cutters.delete(nonce)
    }

    stop(): void {
        for (const nonce of this.cutters.keys()) this.cutters.set(nonce, null)
        this.queue = []
        this.ending.abort()
        this.ending = new AbortController()
        this.playing?.pause()
        reading.value = false
    }

    private take(nonce: string, text: string, whole: boolean): void {
        let cutter = this.cutters.get(nonce)
        if (cutter === null) return
        if (!cutter) this.cutters.set(nonce, (cutter = new Cutter()))
        for (const one of cutter.cut(text, whole)) this.queue.push({ nonce, text: one, sound: null })
        this.fetchAhead()
        if (this.queue.length && !this.running) void this.run()
    }

    private fetchAhead(): void {
        for (const one of this.queue.slice(0, AHEAD)) one.sound ??= this.fetched(one)
    }

    private async run(): Promise<void> {
        this.running = true
        reading.value = true
        for (let one = this.queue.shift(); one; one = this.queue.shift()) {
            this.fetchAhead()
            const sound = await (one.sound ?? this.fetched(one))
            this.fetchAhead()
            if (sound && reading.value) await this.play(sound)
            reading.value = reading.peek() || this.queue.length > 0
        }
        this.running = false
        reading.value = false
    }

    /** Play it to its end, or until `stop`. */
    private async play(sound: Blob): Promise<void> {
        const address = URL.createObjectURL(sound)
        const audio = new Audio(address)
        const over = new Promise((resolve) => {
            for (const name of ['ended', 'pause', 'error']) audio.addEventListener(name, resolve)
        })
        this.playing = audio
        try {
            await audio.play()
            await over
        } catch (why) {
            if (why instanceof DOMException && why.name === 'NotAllowedError') toast(t('voice.blocked'))
        } finally {
            this.playing = null
            URL.revokeObjectURL(address)
        }
    }

    private complain(wrong: string): void {
        if (wrong !== this.complained) toast(wrong, 'danger')
        this.complained = wrong
    }

    /** Its sound; null: there is none, and it goes on without. */
    private async fetched(one: Sentence, again = true): Promise<Blob | null> {
        const seq = this.seqs.get(one.nonce)
        const { signal } = this.ending
        const response = await fetch(`/api/v1/rooms/${encodeURIComponent(this.room.name.value)}/speech`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ text: one.text, ...(seq ? { seq } : { draft: one.nonce }) }),
            signal,
        }).catch(() => null)
        if (!response || signal.aborted) return null
        if (response.ok) return response.blob()
        const wait = Number(response.headers.get('Retry-After') ?? 0) * 1000
        if (again && wait <= PATIENCE && (response.status === 404 || response.status === 429)) {
            await new Promise((resolve) => setTimeout(resolve, Math.max(AGAIN, wait)))
            return signal.aborted ? null : this.fetched(one, false)
        }
        if (response.status !== 404) this.complain(await reason(response))
        return null
    }
}

async function reason(response: Response): Promise<string> {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string }
    return problem.detail ?? t('voice.failed')
}

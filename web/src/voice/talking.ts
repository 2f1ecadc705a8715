/** Push to talk: a clip is recorded, sent, and posted; the server makes its text. */

import { effect, signal } from '@preact/signals'

import { begin } from '../composer/uploads'
import { t } from '../i18n'
import { ask, Refused, server, type Room } from '../state'
import { choices, choose } from './choices'
import type { Microphone, NoMicrophone } from './microphone'

const SHORTEST = 300 // ms: what is shorter was a slip, and is not sent

/** What is being said. */
export interface Talk {
    readonly room: Room
    readonly thread: number
    /** `agreeing`: one is told where clips go; `heard`: the server makes text of it. */
    readonly phase: 'agreeing' | 'opening' | 'recording' | 'sending' | 'heard' | 'wrong'
    readonly since: number
    readonly microphone: Microphone | null
    /** Of the upload, 0 to 1. */
    readonly done: number
    readonly wrong: string
    /** What was recorded, while it may still be sent; and its id, once it was uploaded. */
    readonly clip: File | null
    readonly file: string
    /** Whether another try may fare better. */
    readonly again: boolean
}

const FOR_NOW = new Set(['speech_trouble', 'try_later', 'rate_limited', 'store_unavailable', 'upload'])

export const talk = signal<Talk | null>(null)

const NOTHING = {
    phase: 'opening',
    since: 0,
    microphone: null,
    done: 0,
    wrong: '',
    clip: null,
    file: '',
    again: false,
} as const satisfies Partial<Talk>

let wanted = 0 // counts the wishes to talk, so that one that was given up does not go on

/** Begin, unless one is talking already. */
export async function begins(room: Room, thread: number): Promise<void> {
    const now = talk.value
    if (now && now.phase !== 'wrong') return
    const fresh: Talk = { ...NOTHING, room, thread }
    if (choices.value.agreed !== server.value?.listens) talk.value = { ...fresh, phase: 'agreeing' }
    else await record(fresh)
}

/** One agrees that clips go where the server says. The clip itself is begun by hand again: the button is not held any more. */
export function agree(): void {
    choose({ agreed: server.value?.listens ?? '' })
    talk.value = null
}

async function record(fresh: Talk): Promise<void> {
    const mine = (wanted += 1)
    talk.value = fresh
    const library = await import('./microphone')
    try {
        const microphone = await library.Microphone.open()
        if (mine !== wanted) return void (await microphone.close()) // let go before it was open
        talk.value = { ...fresh, phase: 'recording', since: Date.now(), microphone }
    } catch (why) {
        if (!(why instanceof library.NoMicrophone)) throw why
        if (mine === wanted) talk.value = { ...fresh, phase: 'wrong', wrong: t(NO_MICROPHONE[why.why]) }
    }
}

const NO_MICROPHONE = {
    denied: 'voice.denied',
    missing: 'voice.missing',
    insecure: 'voice.insecure',
    unable: 'voice.unable',
} as const satisfies Record<NoMicrophone['why'], string>

/** Say no more: what was recorded is sent, unless it is given up. */
export async function ends(giveUp = false): Promise<void> {
    wanted += 1
    const now = talk.value
    if (!now) return
    if (!now.microphone) {
        if (now.phase !== 'sending' && now.phase !== 'heard') talk.value = null
        return
    }
    const long = Date.now() - now.since >= SHORTEST
    talk.value = { ...now, phase: 'sending', microphone: null }
    const clip = await now.microphone.close()
    if (giveUp || !long || !clip) talk.value = null
    else await send({ ...now, phase: 'sending', microphone: null }, clip)
}

async function send(now: Talk, clip: File): Promise<void> {
    let file = now.file
    try {
        file ||= await uploaded(now, clip)
        talk.value = { ...now, phase: 'heard', done: 1, clip, file }
        await post(now, file, { style: 'voice' })
        talk.value = null
    } catch (why) {
        if (!(why instanceof Refused)) throw why
        talk.value = { ...now, phase: 'wrong', wrong: why.message, clip, file, again: FOR_NOW.has(why.code) }
    }
}

/** What could not be made text of: try it once more. */
export async function sendAgain(): Promise<void> {
    const now = talk.value
    if (now?.phase !== 'wrong' || !now.clip) return
    talk.value = { ...now, phase: 'sending', wrong: '' }
    await send({ ...now, phase: 'sending', wrong: '' }, now.clip)
}

/** What could not be made text of: let the room have it as a recording, without text. */
export async function sendAsItIs(): Promise<void> {
    const now = talk.value
    if (now?.phase !== 'wrong' || !now.file) return
    talk.value = { ...now, phase: 'sending', wrong: '' }
    try {
        await post(now, now.file, {})
        talk.value = null
    } catch (why) {
        if (!(why instanceof Refused)) throw why
        talk.value = { ...now, wrong: why.message }
    }
}

const post = (now: Talk, file: string, how: { readonly style?: 'voice' }): Promise<unknown> =>
    ask('post', {
        room: now.room.name.value,
        text: '',
        attachments: [file],
        ...how,
        ...(now.thread ? { thread: now.thread } : {}),
    })

/** Its id, once it is there. Throws `Refused`. */
function uploaded(now: Talk, clip: File): Promise<string> {
    const one = begin(now.room, signal([]), clip)
    return new Promise((resolve, reject) => {
        const stop = effect(() => {
            if (one.id.value) resolve(one.id.value)
            else if (one.refused.value) reject(new Refused('upload', one.refused.value))
            else {
                talk.value = { ...now, done: one.done.value }
                return
            }
            queueMicrotask(() => stop())
        })
    })
}

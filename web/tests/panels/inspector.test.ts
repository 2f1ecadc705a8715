import { describe, expect, it } from 'vitest'

import {
    ALL,
    filtered,
    header,
    kept,
    KEPT,
    MOST,
    Reader,
    roomsOf,
    typesOf,
    type Seen,
} from '../../src/panels/inspector/frames'
import { explained, type Explanations } from '../../src/panels/inspector/explaining'
import { BODIES, CODES, PUSHED, REQUESTS, SIGNALS } from '../../src/protocol/words'
import { masked } from '../../src/panels/inspector/masking'

const frame = (out: boolean, value: object, at = 0) => ({ out, at, text: JSON.stringify(value) })

function read(...frames: ReturnType<typeof frame>[]): Seen[] {
    const reader = new Reader()
    return frames.map((one) => reader.read(one))
}

const TALK = [
    frame(true, { type: 'post', id: 7, room: '#lobby', nonce: 'a', text: 'grüße' }, 10),
    frame(false, { type: 'ok', re: 7, room: '#lobby', seq: 3 }, 14),
    frame(false, { type: 'event', room: '#lobby', seq: 3, body: { type: 'message', text: 'grüße' } }, 14),
    frame(false, { type: 'signal', room: '#tea', body: { type: 'typing' } }, 20),
    frame(false, { type: 'error', re: null, code: 'bad_code', message: 'No.' }, 30),
]

it('keeps no more than there is room for, of whatever size', () => {
    const large = read(...Array.from({ length: 200 }, (_, at) => frame(false, { type: 'ok', at, text: 'x'.repeat(60_000) })))
    const left = kept(large.slice(0, 100), large.slice(100))
    expect(left.reduce((sum, one) => sum + one.size, 0)).toBeLessThanOrEqual(MOST)
    expect(left.at(-1)).toBe(large.at(-1))
    expect(kept([], large.slice(0, 1))).toHaveLength(1)
})

describe.each(['de', 'es', 'ko', 'ru'])('what frames are for, in %s', (tag) => {
    it('is said of every kind that the protocol has', async () => {
        const said = ((await import(`../../src/i18n/${tag}/frames.ts`)) as { default: Explanations }).default
        const names = (of: Explanations) => Object.entries(of).map(([part, some]) => [part, ...Object.keys(some).sort()])
        expect(names(said)).toEqual(names({ pushed: PUSHED, requests: REQUESTS, bodies: BODIES, signals: SIGNALS }))
    })

    it('is told of the kind and of what it bears', async () => {
        const said = ((await import(`../../src/i18n/${tag}/frames.ts`)) as { default: Explanations }).default
        const [post, ok, event, typing, error] = read(...TALK)
        expect(explained(post!, said)).toBe(said.requests['post'])
        expect(explained(ok!, said)).toBe(`${said.pushed['ok']} ${said.requests['post']}`)
        expect(explained(event!, said)).toBe(`${said.pushed['event']} ${said.bodies['message']}`)
        expect(explained(typing!, said)).toBe(`${said.pushed['signal']} ${said.signals['typing']}`)
        expect(explained(error!, said)).toBe(`${said.pushed['error']} ${CODES['bad_code']}`)
        expect(explained(post!, { ...said, requests: {} })).toBe(REQUESTS['post'])
    })
})

describe('reading frames', () => {
    it('knows which request a reply answers, and after how long', () => {
        const [post, ok] = read(...TALK)
        expect(post).toMatchObject({ type: 'post', room: '#lobby', took: null })
        expect(ok).toMatchObject({ type: 'ok', detail: 'post', room: '#lobby', took: 4 })
    })

    it('says what events and signals are about, and why something was refused', () => {
        expect(read(...TALK).map((one) => one.detail)).toEqual(['', 'post', 'message', 'typing', 'bad_code'])
    })

    it('counts bytes, not letters', () => {
        const text = JSON.stringify({ type: 'post', text: 'ü😀' })
        expect(read({ out: true, at: 0, text })[0]?.size).toBe(text.length - 3 + 2 + 4)
    })

    it('shows nothing of what is no JSON', () => {
        expect(read({ out: false, at: 0, text: 'token=hunter2' })[0]?.text).toBe('{"type":"?"}')
    })
})

describe('the header that would stand before it on TCP', () => {
    it.each([
        [22, '00 00 00 16'],
        [65_536, '00 01 00 00'],
        [0, '00 00 00 00'],
    ])('%d is %s', (size, hex) => expect(header(size)).toBe(hex))
})

describe('filtering', () => {
    const all = read(...TALK)
    it.each([
        [{}, 5],
        [{ direction: 'out' }, 1],
        [{ direction: 'in' }, 4],
        [{ type: 'post' }, 2],
        [{ type: 'message' }, 1],
        [{ room: '#tea' }, 1],
        [{ text: 'GRÜSSE' }, 0],
        [{ text: 'GRÜ' }, 2],
        [{ room: '#lobby', direction: 'in' }, 2],
    ] as const)('%o leaves %d', (change, count) => expect(filtered(all, { ...ALL, ...change })).toHaveLength(count))

    it('offers what there is', () => {
        expect(typesOf(all)).toEqual(['bad_code', 'error', 'event', 'message', 'ok', 'post', 'signal', 'typing'])
        expect(roomsOf(all)).toEqual(['#lobby', '#tea'])
    })
})

it('keeps the newest', () => {
    const many = read(...Array.from({ length: KEPT + 5 }, () => TALK[2]!))
    const left = kept(many.slice(0, 10), many.slice(10))
    expect(left).toHaveLength(KEPT)
    expect(left.at(-1)).toBe(many.at(-1))
})

describe('secrets', () => {
    it.each([
        [
            { type: 'login', account: 'ann', password: 'x' },
            { type: 'login', account: 'ann', password: '***' },
        ],
        [
            { type: 'password', password: 'x', new_password: 'y' },
            { type: 'password', password: '***', new_password: '***' },
        ],
        [
            { type: 'ok', re: 1, resume: 'r', token: 't' },
            { type: 'ok', re: 1, resume: '***', token: '***' },
        ],
        [
            { type: 'ok', re: 1, code: 'INVITE' },
            { type: 'ok', re: 1, code: '***' },
        ],
        [
            { type: 'register', invite: 'c' },
            { type: 'register', invite: '***' },
        ],
        [
            { type: 'error', re: 1, code: 'bad_code' },
            { type: 'error', re: 1, code: 'bad_code' },
        ],
        [
            { type: 'ok', a: [{ deep: { secret: 1 } }] },
            { type: 'ok', a: [{ deep: { secret: '***' } }] },
        ],
        [
            { type: 'error', re: 1, more: { code: 'x' } },
            { type: 'error', re: 1, more: { code: '***' } },
        ],
        [
            { type: 'post', text: 'my password is x' },
            { type: 'post', text: 'my password is x' },
        ],
    ])('%o', (value, shown) => expect(masked(value)).toEqual(shown))
})

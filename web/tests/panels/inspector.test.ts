import { describe, expect, it } from 'vitest'

import {
    ALL,
    filtered,
    header,
    kept,
    KEPT,
    Reader,
    roomsOf,
    typesOf,
    type Seen,
} from '../../src/panels/inspector/frames'
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

import { describe, expect, it } from 'vitest'

import { amount, grouped } from '../../src/panels/admin/allowances'
import { figures } from '../../src/panels/admin/figures'
import { requestIn } from '../../src/panels/approval/requests'
import { destination, linesOf, modeOf, models, total, totalsBy } from '../../src/panels/bots/words'
import { tells, wantedOf, type Choices } from '../../src/panels/notify/choices'
import { marked } from '../../src/panels/search/marking'
import { pressed, written } from '../../src/panels/shortcuts/keys'
import { fit, ranked } from '../../src/panels/switcher/rank'
import type { EventFrame } from '../../src/protocol/types'
import type { Line } from '../../src/state/facts'

describe('what a bot asks for', () => {
    const words =
        'gpt wants to run files.write {"path": "plans.md", "text": "a: /b"} for ann: /approve 41 or /deny 41 (15 minutes)'
    const line = (text: string, more: object = {}): Line =>
        ({
            seq: 41,
            text,
            sender: { id: 'g', nick: 'gpt', kind: 'bot' },
            body: { type: 'message', style: 'notice' },
            redacted: false,
            reactions: [],
            ...more,
        }) as unknown as Line

    it('is read from the notice', () => {
        expect(requestIn(line(words))).toMatchObject({
            bot: 'gpt',
            tool: 'files.write',
            requester: 'ann',
            decision: 'open',
        })
        expect(JSON.parse(requestIn(line(words))!.args)).toEqual({ path: 'plans.md', text: 'a: /b' })
    })

    it('may be for nobody, and shortened', () => {
        const asked = requestIn(
            line(
                'gpt wants to run web_fetch {"url": "https://ex… (900 characters, SHA-256 ab12): /approve 3 or /deny 3 (15 minutes)',
            ),
        )
        expect(asked).toMatchObject({ tool: 'web_fetch', requester: '' })
        expect(asked?.args).toContain('SHA-256')
    })

    it('is decided by reactions', () => {
        const by = [{ id: 'a', nick: 'ann', kind: 'person' }]
        expect(requestIn(line(words, { reactions: [{ emoji: '✅', by }] }))).toMatchObject({
            decision: 'approved',
            by: 'ann',
        })
        expect(requestIn(line(words, { reactions: [{ emoji: '❌', by }] }))).toMatchObject({
            decision: 'denied',
            by: 'ann',
        })
    })

    it.each([
        ['by a person', { sender: { id: 'x', nick: 'gpt', kind: 'person' } }],
        ['said, and no notice', { body: { type: 'message' } }],
        ['removed', { redacted: true }],
    ])('is none where it is %s', (_, more) => expect(requestIn(line(words, more))).toBeNull())
})

describe('bots in words', () => {
    it('reads modes', () => {
        expect(modeOf('lines:5')).toEqual({ name: 'lines', value: '5', says: 'mode.lines' })
        expect(modeOf('schedule:0 9 * * 1-5').value).toBe('0 9 * * 1-5')
        expect(modeOf('telepathy')).toEqual({ name: 'telepathy', value: '', says: null })
    })

    it('knows where lines go', () => {
        const bot = { bot: 'b', nick: 'gpt', model: 'openai:a,ollama:b', destination: 'api.openai.com' }
        expect(models(bot)).toEqual(['openai:a', 'ollama:b'])
        expect(destination(bot)).toBe('api.openai.com')
        expect(destination({ ...bot, destination: 'this machine' })).toBe('')
    })

    it('adds up, the dearest first', () => {
        const used = [
            { day: '2026-11-21', bot: 'a', model: 'x', turns: 1, tokens_in: 5, tokens_out: 2, cost: 0.1 },
            { day: '2026-11-20', bot: 'a', model: 'y', turns: 2, cost: 0.3 },
            { day: '2026-11-21', bot: 'b', model: 'x', turns: 1, tokens_in: 1 },
        ]
        expect(total(used)).toEqual({ turns: 4, tokens: 8, cost: 0.4 })
        expect(totalsBy(used, (row) => row.bot).map(([name, sum]) => [name, sum.turns])).toEqual([
            ['a', 3],
            ['b', 1],
        ])
    })

    it('says which lines', () => {
        expect([
            linesOf({ first: 0, last: 0 }),
            linesOf({ first: 4, last: 4 }),
            linesOf({ first: 4, last: 9 }),
        ]).toEqual(['', '4', '4–9'])
    })
})

describe('finding by a few letters', () => {
    const names = ['#lobby', '#laboratory', 'Álvaro', '#the-lobby', '#football']
    it.each([
        ['lobby', ['#lobby', '#the-lobby']],
        ['lob', ['#lobby', '#the-lobby']],
        ['alv', ['Álvaro']],
        ['lby', ['#lobby', '#laboratory', '#the-lobby']],
        ['zz', []],
        ['', names],
    ])('%s', (typed, wanted) => expect(ranked(names, (one) => one, typed)).toEqual(wanted))

    it('a beginning is better than a part', () => expect(fit('#lobby', 'lo')).toBeGreaterThan(fit('#hello', 'lo')))
})

describe('marking what was found', () => {
    it('counts code points, and takes what overlaps once', () => {
        expect(marked('😀 tea time', [[2, 5]])).toEqual([
            { text: '😀 ', on: false },
            { text: 'tea', on: true },
            { text: ' time', on: false },
        ])
        expect(
            marked('abcd', [
                [0, 3],
                [1, 4],
            ])
                .map((part) => part.text)
                .join(''),
        ).toBe('abcd')
        expect(marked('abc', [])).toEqual([{ text: 'abc', on: false }])
    })
})

describe('what is told of', () => {
    const event = (body: object, sender = 'bob'): EventFrame =>
        ({
            type: 'event',
            room: '#r',
            seq: 1,
            at: '',
            sender: { id: sender, nick: sender, kind: 'person' },
            nonce: '',
            body: { type: 'message', text: 'x', ...body },
        }) as EventFrame
    const base = { me: 'ann', direct: false, wanted: 'mentions', looking: false } as const

    it.each([
        ['a line that names nobody', event({}), {}, false],
        ['one that names me', event({ mentions: ['ann'] }), {}, true],
        ['one for everybody', event({ everybody: true }), {}, true],
        ['one in a direct room', event({}), { direct: true }, true],
        ['any, where all is wanted', event({}), { wanted: 'all' }, true],
        ['none, where nothing is', event({ mentions: ['ann'] }), { wanted: 'none' }, false],
        ['what I see', event({ mentions: ['ann'] }), { looking: true }, false],
        ['what I said', event({ mentions: ['ann'] }, 'ann'), {}, false],
        ['what is no message', event({ type: 'topic' }), { wanted: 'all' }, false],
    ] as const)('%s', (_, told, more, wanted) => expect(tells({ event: told, ...base, ...more })).toBe(wanted))

    it('follows a room of its own before what is usual', () => {
        const choices: Choices = { sound: true, system: false, usual: 'mentions', rooms: { r1: 'all' } }
        expect([wantedOf('r1', choices), wantedOf('r2', choices)]).toEqual(['all', 'mentions'])
    })
})

describe('keys', () => {
    const key = (name: string, more: object = {}) => ({
        key: name,
        ctrlKey: false,
        metaKey: false,
        altKey: false,
        shiftKey: false,
        ...more,
    })
    it('are read as the sheet writes them', () => {
        expect(pressed(key('k', { ctrlKey: true }))).toBe('Mod+K')
        expect(pressed(key('?', { shiftKey: true }))).toBe('?')
        expect(pressed(key('ArrowDown', { altKey: true, shiftKey: true }))).toBe('Alt+Shift+ArrowDown')
        expect(written('Mod+K')).toBe('Ctrl+K')
    })
})

it('reads the figures of the server', () => {
    const text =
        '# HELP x\n# TYPE x gauge\nroomful_connections 3.0\nroomful_frames_total{way="in"} 2\nroomful_frames_total{way="out"} 5\nbroken\n'
    expect([...figures(text)]).toEqual([
        ['roomful_connections', 3],
        ['roomful_frames_total', 7],
    ])
})

describe('limits', () => {
    it('stand by table, those that are built in last', () => {
        const limits = [
            { name: 'limits.max_frame', value: 65_536 },
            { name: 'files.daily', value: 1 },
            { name: 'limits.idle', value: 120 },
            { name: 'pins', value: 50, fixed: true },
        ]
        expect(grouped(limits).map(([table, some]) => [table, some.length])).toEqual([
            ['limits', 2],
            ['files', 1],
            ['fixed', 1],
        ])
    })

    it.each([
        [65_536, 'bytes', '65.5 kB'],
        [80_000_000_000, 'bytes', '80 GB'],
        [120, 'seconds', '2 min'],
        [3, 'days', '3 days'],
        [2, 'USD', '$2.00'],
        [10_000, '', '10,000'],
        [4, 'moons', '4 moons'],
    ])('%s %s is %s', (value, unit, said) => expect(amount(value, unit)).toBe(said))
})

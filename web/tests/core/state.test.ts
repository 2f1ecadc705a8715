import { describe, expect, it } from 'vitest'

import type { Body, EventFrame } from '../../src/protocol/types'
import { Drafts } from '../../src/state/drafts'
import { blanked, Book } from '../../src/state/facts'
import { Log } from '../../src/state/log'
import { parse, path } from '../../src/state/place'

const ann = { id: 'a', nick: 'ann', kind: 'guest' }
const bob = { id: 'b', nick: 'bob', kind: 'guest' }

function event(seq: number, body: Body = { type: 'message', text: `line ${seq}` }, sender = ann): EventFrame {
    const at = new Date(Date.UTC(2026, 10, 20, 10, 0, seq)).toISOString()
    return { type: 'event', room: '#lobby', seq, at, sender, nonce: '', body }
}

const run = (from: number, to: number): EventFrame[] =>
    Array.from({ length: to - from + 1 }, (_, at) => event(from + at))

describe('the log', () => {
    it('is one stretch again when pages meet, in whatever order they come', () => {
        const log = new Log()
        log.add(run(90, 100))
        log.add(run(40, 50))
        expect(log.stretches.map((one) => [one.first, one.events.length])).toEqual([
            [40, 11],
            [90, 11],
        ])
        log.add(run(45, 95))
        expect(log.stretches).toHaveLength(1)
        expect(log.stretches[0]!.events.map((one) => one.seq)).toEqual(run(40, 100).map((one) => one.seq))
        expect(log.get(60)?.seq).toBe(60)
        expect(log.around(39)).toBeUndefined()
    })

    it('takes an event once', () => {
        const log = new Log()
        expect(log.add(run(1, 3))).toHaveLength(3)
        expect(log.add(run(2, 4)).map((one) => one.seq)).toEqual([4])
    })

    it('lets old events go and keeps its numbers', () => {
        const log = new Log()
        log.add(run(1, 100))
        expect(log.trim(10)).toBe(91)
        expect(log.get(90)).toBeUndefined()
        expect(log.get(100)?.seq).toBe(100)
    })
})

describe('what became of a message', () => {
    const said: EventFrame[] = [
        event(1),
        event(2, { type: 'edit', target: 1, text: 'second' }),
        event(3, { type: 'edit', target: 1, text: 'third' }),
        event(4, { type: 'reaction', target: 1, emoji: '👍' }, bob),
        event(5, { type: 'reaction', target: 1, emoji: '👍', on: false }, bob),
        event(6, { type: 'reaction', target: 1, emoji: '👍' }, ann),
        event(7, { type: 'pin', target: 1 }),
        event(8, { type: 'message', text: 'in the thread', thread: 1 }, bob),
    ]

    it.each([
        ['as it was told', said],
        ['from the newest back', said.toReversed()],
    ])('is the same %s', (_, events) => {
        const book = new Book()
        for (const one of events) book.note(one)
        const line = book.line(said[0]!)
        expect(line).toMatchObject({ text: 'third', edited: true, pinned: true, replies: 1 })
        expect(line.reactions.map((one) => [one.emoji, one.by.map((who) => who.nick)])).toEqual([['👍', ['ann']]])
        expect(book.line(said[0]!)).toBe(line) // the same object while nothing changes
    })

    it('loses its text when it is redacted', () => {
        const book = new Book()
        book.note(said[1]!)
        book.note(event(9, { type: 'redaction', target: 1 }))
        expect(book.line(said[0]!)).toMatchObject({ text: '', redacted: true, edited: false })
        expect(blanked(said[1]!, 9).body).toEqual({ type: 'edit', target: 1, redacted: 9 })
    })
})

describe('an answer that grows', () => {
    it('counts code points, and waits where a part is missing', () => {
        const drafts = new Drafts()
        drafts.grow(bob, { type: 'draft', draft: 'd', at: 0, append: '👋 he' })
        drafts.grow(bob, { type: 'draft', draft: 'd', at: 4, append: 'llo' })
        expect(drafts.open.value[0]!.text).toBe('👋 hello')
        drafts.grow(bob, { type: 'draft', draft: 'd', at: 20, append: 'lost' })
        drafts.grow(bob, { type: 'draft', draft: 'd', at: 7, append: '!' })
        expect(drafts.open.value[0]!.text).toBe('👋 hello')
        drafts.replace([{ draft: 'd', sender: bob, text: '👋 hello world' }])
        drafts.grow(bob, { type: 'draft', draft: 'd', at: 13, append: '!' })
        expect(drafts.open.value[0]!.text).toBe('👋 hello world!')
        drafts.close('b', 'd')
        expect(drafts.open.value).toEqual([])
    })
})

describe('an address', () => {
    it.each([
        ['#lobby', 7, '/r/lobby/7'],
        ['#a b/c', 0, '/r/a%20b%2Fc'],
        ['!r4tnycw7', 0, '/r/!r4tnycw7'],
        ['##x', 0, '/r/%23%23x'],
    ])('leads to %s and back', (room, seq, address) => {
        expect(path(room, seq)).toBe(address)
        expect(parse(address)).toEqual({ room, seq })
    })

    it('that is none leads nowhere', () => {
        expect(parse('/')).toEqual({ room: '', seq: 0 })
        expect(parse('/r/%')).toEqual({ room: '#%', seq: 0 })
        expect(parse('/r/lobby/x')).toEqual({ room: '#lobby', seq: 0 })
    })
})

import { describe, expect, it } from 'vitest'

import { completed, fitting, wantedAt } from '../../src/composer/completing'
import { isPlain, toHtml } from '../../src/markdown/render'
import type { Body, EventFrame } from '../../src/protocol/types'
import { beginsAnew, Rows } from '../../src/timeline/rows'

const known = {
    me: 'ann',
    nick: (name: string) => ['ann', 'bob'].includes(name.toLowerCase()),
    room: (name: string) => name === '#tea',
}

function event(seq: number, at = 0, sender = 'ann', body: Body = { type: 'message', text: 'hi' }): EventFrame {
    const time = new Date(Date.UTC(2026, 10, 20, 10) + at).toISOString()
    return {
        type: 'event',
        room: '#tea',
        seq,
        at: time,
        sender: { id: sender, nick: sender, kind: 'guest' },
        nonce: '',
        body,
    }
}

const stretch = (first: number, count: number) => ({
    first,
    events: Array.from({ length: count }, (_, at) => event(first + at)),
})

describe('rows', () => {
    it('know where each begins, whatever was measured', () => {
        const rows = new Rows()
        rows.update(stretch(1, 100))
        expect(rows.count).toBe(100)
        expect(rows.total).toBe(100 * 44)
        rows.measured(10, 100)
        expect(rows.offset(10)).toBe(440)
        expect(rows.offset(11)).toBe(540)
        expect(rows.at(539)).toBe(10)
        expect(rows.at(540)).toBe(11)
    })

    it('keep what was measured when a page comes before them', () => {
        const rows = new Rows()
        const page = stretch(101, 10)
        rows.update(page)
        rows.measured(0, 100)
        rows.update({ first: 91, events: [...stretch(91, 10).events, ...page.events] })
        expect(rows.count).toBe(20)
        expect(rows.indexOf(101)).toBe(10)
        expect(rows.offset(11) - rows.offset(10)).toBe(100)
    })

    it('are none for what stands elsewhere', () => {
        const rows = new Rows()
        const said = event(1, 0, 'ann')
        const edit = event(2, 0, 'ann', { type: 'edit', target: 1, text: 'x' })
        const reply = event(3, 0, 'bob', { type: 'message', text: 'x', thread: 1 })
        rows.update({ first: 1, events: [said, edit, reply, event(4)] })
        expect(rows.seqs).toEqual([1, 4])
    })

    it('begin anew after five minutes, with another speaker, and for an answer', () => {
        const before = event(1)
        expect(beginsAnew(event(2, 60_000), before)).toBe(false)
        expect(beginsAnew(event(2, 301_000), before)).toBe(true)
        expect(beginsAnew(event(2, 0, 'bob'), before)).toBe(true)
        expect(beginsAnew(event(2, 0, 'ann', { type: 'message', text: 'x', reply_to: 1 }), before)).toBe(true)
    })
})

describe('Markdown', () => {
    it.each(['hello', 'two words, and a number 7.', 'a - b', 'who? me!'])('is not looked for in %j', (text) => {
        expect(isPlain(text)).toBe(true)
    })

    it.each(['**b**', '`c`', '- list', '1. list', 'https://x.org', '@bob', '#tea', 'a\nb', '| a |'])(
        'is looked for in %j',
        (text) => {
            expect(isPlain(text)).toBe(false)
        },
    )

    it('passes no HTML and no image through', () => {
        expect(toHtml('<b>x</b> <img src=x>', known)).toBe('<p>&lt;b&gt;x&lt;/b&gt; &lt;img src=x&gt;</p>\n')
        expect(toHtml('![x](https://x.org/y.png)', known)).not.toContain('<img')
    })

    it('makes links that tell nobody who follows them', () => {
        expect(toHtml('https://x.org', known)).toContain('rel="noopener noreferrer nofollow ugc"')
        expect(toHtml('[x](javascript:alert(1))', known)).not.toContain('href')
    })

    it('marks people who are known, and links rooms', () => {
        expect(toHtml('hello @bob and @Ann', known)).toContain(
            '<span class="mention">@bob</span> and <span class="mention mention-me">@Ann</span>',
        )
        expect(toHtml('mail me@example.org, @eve', known)).not.toContain('mention')
        expect(toHtml('see #tea, not #1', known)).toContain('<a href="/r/tea" class="room-link"')
        expect(toHtml('not #1', known)).not.toContain('<a')
        expect(toHtml('`@bob #tea`', known)).toBe('<p><code>@bob #tea</code></p>\n')
    })
})

describe('completion', () => {
    it('finds what is being written at the caret', () => {
        expect(wantedAt('hello @bo', 9)).toEqual({ sign: '@', word: 'bo', from: 6 })
        expect(wantedAt('/jo', 3)).toEqual({ sign: '/', word: 'jo', from: 0 })
        expect(wantedAt('and /jo', 7)).toBeNull()
        expect(wantedAt('a@b', 3)).toBeNull()
        expect(wantedAt('12:30', 5)).toBeNull()
        expect(wantedAt(':sm', 3)).toEqual({ sign: ':', word: 'sm', from: 0 })
    })

    it('puts the choice in its place', () => {
        const wanted = { sign: '@', word: 'bo', from: 6 } as const
        expect(completed('hello @bo there', 9, wanted, { insert: '@bob ', label: '' })).toEqual({
            text: 'hello @bob there',
            caret: 11,
        })
    })

    it('offers beginnings before middles', () => {
        expect(fitting(['abba', 'bab', 'xyz'], 'ba', (one) => one)).toEqual(['bab', 'abba'])
    })
})

import { describe, expect, it } from 'vitest'

import { Cutter, ends } from '../../src/voice/sentences'

describe('sentences', () => {
    it.each([
        ['Hello. And', 6],
        ['Hello', 0],
        ['Hello.', 0], // it may go on: 3.5
        ['a\nb', 2],
        ['Mr. Smith', 0],
        ['That is, e.g. this', 0],
        ['3.5 is more. Yes', 12],
        ['你好。我', 3],
    ])('%j ends at %i', (text, end) => expect(ends(text)).toBe(end))

    it('are cut where it is long, too', () => {
        expect(ends('word '.repeat(100))).toBeLessThanOrEqual(300)
    })

    it('come as a text grows, each once, and the rest at the end', () => {
        const cutter = new Cutter()
        expect(cutter.cut('Hello th')).toEqual([])
        expect(cutter.cut('Hello there. How a')).toEqual(['Hello there.'])
        expect(cutter.cut('Hello there. How are you? Well')).toEqual(['How are you?'])
        expect(cutter.cut('Hello there. How are you? Well.', true)).toEqual(['Well.'])
    })

    it('leave code out', () => {
        const text = 'See:\n```js\nlet a = 1\n```\nThat is it.'
        expect(new Cutter().cut(text, true)).toEqual(['See:', 'That is it.'])
    })
})

import { describe, expect, it } from 'vitest'

import { wait } from '../../src/net/backoff'
import { Outbox, written } from '../../src/net/outbox'
import { Refused } from '../../src/net/refused'
import { Newest } from '../../src/net/tap'

const nobody = () => undefined

describe('coming back', () => {
    it('waits longer after each failure, and at random', () => {
        expect(wait(0, null, 1)).toBe(1000)
        expect(wait(3, null, 1)).toBe(8000)
        expect(wait(20, null, 1)).toBe(30_000)
        expect(wait(3, null, 0.5)).toBe(4000)
    })

    it('waits as long as a goodbye asks for, and a little spread behind it', () => {
        expect(wait(0, 2, 0)).toBe(2000)
        expect(wait(0, 2, 1)).toBe(2250)
    })
})

describe('frames for whoever looks on later', () => {
    const frames = (newest: Newest) => newest.all().map((one) => one.text)

    it('are the newest', () => {
        const newest = new Newest(3, 100)
        for (let at = 0; at < 20; at += 1) newest.add({ out: false, at, text: `${at}` })
        expect(frames(newest)).toEqual(['17', '18', '19'])
    })

    it('are fewer where they are long, and at least one', () => {
        const newest = new Newest(300, 100)
        for (const size of [60, 60, 30, 10]) newest.add({ out: true, at: 0, text: 'x'.repeat(size) })
        expect(frames(newest).map((text) => text.length)).toEqual([60, 30, 10])
        newest.add({ out: true, at: 0, text: 'y'.repeat(500) })
        expect(frames(newest).map((text) => text.length)).toEqual([500])
    })
})

describe('what has no answer', () => {
    it('is sent in its order, and no more of it than the server takes', () => {
        const box = new Outbox('p')
        for (let at = 0; at < 5; at += 1) box.add('rooms', {}, nobody, nobody)
        expect(box.take(3).map((one) => one.id)).toEqual([1, 2, 3])
        box.answered(2)
        expect(box.take(3).map((one) => one.id)).toEqual([4])
    })

    it('is sent again after a lost connection, with the same nonce and marked', () => {
        const box = new Outbox('p')
        box.add('post', { room: '#lobby', text: 'hi' }, nobody, nobody)
        const [first] = box.take(64)
        expect(written(first!)).toBe('{"type":"post","id":1,"nonce":"p-1","room":"#lobby","text":"hi"}')
        box.lost()
        const [again] = box.take(64)
        expect(JSON.parse(written(again!))).toMatchObject({ nonce: 'p-1', again: true })
    })

    it('is told, where it must not be done twice', () => {
        const box = new Outbox('p')
        const refused: Refused[] = []
        box.add('token', { name: 'x' }, nobody, (why) => refused.push(why))
        box.add('typing', { room: '#lobby' }, nobody, (why) => refused.push(why))
        box.take(64)
        box.lost()
        expect(refused.map((why) => why.code)).toEqual(['outcome_unknown', 'not_connected'])
        expect(box.waiting).toBe(0)
    })

    it('is given up with the rest while the server has it wait, and never sent as somebody else', () => {
        const box = new Outbox('p')
        const refused: Refused[] = []
        box.add('post', { room: '#a', text: 'of one' }, nobody, (why) => refused.push(why))
        const pending = box.answered(box.take(64)[0]!.id)!
        box.rest(pending)
        box.giveUp(new Refused('off', 'You are logged out.'))
        box.putBack(pending, false)
        expect(refused.map((why) => why.code)).toEqual(['off'])
        expect(box.take(64)).toEqual([])
    })

    it('is not overtaken by what was said later while the server has it wait', () => {
        const box = new Outbox('p')
        for (const text of ['one', 'two']) box.add('post', { room: '#a', text }, nobody, nobody)
        const [one, two] = box.take(64).map((pending) => box.answered(pending.id)!)
        box.rest(one!)
        box.rest(two!)
        box.add('post', { room: '#a', text: 'three' }, nobody, nobody)
        box.add('rooms', {}, nobody, nobody)
        box.putBack(two!, false) // its time may come first
        expect(box.take(64).map((pending) => pending.id)).toEqual([4]) // a question waits for nobody
        box.putBack(one!, false)
        expect(box.take(64).map((pending) => pending.id)).toEqual([1])
        box.answered(1)
        expect(box.take(64).map((pending) => pending.id)).toEqual([2])
        box.answered(2)
        expect(box.take(64).map((pending) => pending.id)).toEqual([3])
    })

    it('stands behind what is asked while it is held', () => {
        const box = new Outbox('p')
        box.add('post', { room: '#a', text: 'said offline' }, nobody, nobody)
        box.hold()
        box.add('join', { room: '#a' }, nobody, nobody)
        box.release()
        expect(box.take(64).map((one) => one.type)).toEqual(['join', 'post'])
    })
})

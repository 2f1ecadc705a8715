import { describe, expect, it } from 'vitest'

import { conversationOf, goesOn } from '../../src/panels/talk/conversation'
import type { Body, EventFrame } from '../../src/protocol/types'

const START = Date.UTC(2026, 10, 21, 12)
const bots = [
    { id: 'e', nick: 'eliza' },
    { id: 'p', nick: 'parry' },
]

/** Events a second apart, by a bot unless they say otherwise. */
function log(...bodies: (Body & { by?: string })[]): EventFrame[] {
    return bodies.map(({ by = 'bot', ...body }, at) => ({
        type: 'event',
        room: '#lobby',
        seq: at + 1,
        at: new Date(START + at * 1000).toISOString(),
        sender: { id: by, nick: by, kind: by },
        nonce: '',
        body: body as Body,
    }))
}

const begun: Body = { type: 'conversation', bots, topic: 'horses', turns: 3, seconds: 60 }
const turn = (text: string): Body => ({ type: 'message', text, conversation: 1 })
const person: Body & { by: string } = { type: 'message', text: 'hello', by: 'person' }

describe('the conversation that is on', () => {
    it('counts its lines', () => {
        const talk = conversationOf(log(begun, turn('a'), turn('b')))
        expect(talk).toMatchObject({ bots: ['eliza', 'parry'], topic: 'horses', turns: 3, said: 2, interrupted: 0 })
        expect(goesOn(talk!, START + 5_000)).toBe(true)
        expect(goesOn(talk!, START + 61_000)).toBe(false)
    })

    it('is none before it begins, and none once it is over', () => {
        expect(conversationOf(log(person))).toBeNull()
        expect(conversationOf(log(begun, turn('a'), { type: 'concluded', conversation: 1, how: 'settled' }))).toBeNull()
        expect(conversationOf(log(begun, { type: 'stopped', by: 'person' }))).toBeNull()
    })

    it('is interrupted by a person and not by a bot of its own', () => {
        expect(conversationOf(log(begun, turn('a'), { type: 'message', text: 'by the way' }))?.interrupted).toBe(0)
        const talk = conversationOf(log(begun, turn('a'), person))
        expect(talk?.interrupted).toBe(START + 2000)
        expect(goesOn(talk!, START + 3000)).toBe(false)
    })

    it('goes on with the time that was lost given back', () => {
        const before = conversationOf(log(begun, turn('a')))
        const after = conversationOf(log(begun, turn('a'), person, person, { type: 'continued', by: 'person' }))
        expect(after).toMatchObject({ interrupted: 0, said: 1, until: before!.until + 2000 })
    })

    it('has had its turns', () => {
        expect(goesOn(conversationOf(log(begun, turn('a'), turn('b'), turn('c')))!, START)).toBe(false)
    })
})

/** The conversation of bots that is on in a room, as its log tells it (docs/protocol.md, 6.13). */

import type { EventFrame } from '../../protocol/types'

export interface Conversation {
    readonly seq: number
    readonly bots: readonly string[] // nicks
    readonly topic: string
    readonly turns: number
    /** Lines it has had. */
    readonly said: number
    /** When a person has spoken, ms since 1970: it waits for /continue. 0: it goes on. */
    readonly interrupted: number
    /** When its time is up, ms since 1970; what was lost by interruptions is given back. */
    readonly until: number
}

/** What the events, in their order, leave going on. Null: none, or its beginning is not among them. */
export function conversationOf(events: readonly EventFrame[]): Conversation | null {
    return events.slice(beginning(events)).reduce<Conversation | null>(followed, null)
}

function followed(talk: Conversation | null, { seq, at, sender, body }: EventFrame): Conversation | null {
    const now = Date.parse(at)
    switch (body.type) {
        case 'conversation': {
            const { bots, topic = '', turns = 12, seconds = 600 } = body
            const nicks = bots.map((bot) => bot.nick)
            return { seq, bots: nicks, topic, turns, said: 0, interrupted: 0, until: now + seconds * 1000 }
        }
        case 'concluded':
        case 'stopped':
            return null
        case 'continued':
            return talk?.interrupted ? { ...talk, interrupted: 0, until: talk.until + now - talk.interrupted } : talk
        case 'message':
            if (talk && body.conversation === talk.seq) return { ...talk, said: talk.said + 1 }
            return talk && sender.kind !== 'bot' && !talk.interrupted ? { ...talk, interrupted: now } : talk
        default:
            return talk
    }
}

/** Where the newest conversation begins; the end, if there is none. */
function beginning(events: readonly EventFrame[]): number {
    const at = events.findLastIndex((event) => event.body.type === 'conversation')
    return at < 0 ? events.length : at
}

/** Whether it still goes on at a time. */
export function goesOn(talk: Conversation, now: number): boolean {
    return !talk.interrupted && talk.said < talk.turns && now <= talk.until
}

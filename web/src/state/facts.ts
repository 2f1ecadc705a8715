import type { EventFrame, MessageBody, Sender } from '../protocol/types'

/** A reaction to a message, and who gave it. */
export interface Given {
    readonly emoji: string
    readonly by: readonly Sender[]
}

/** A message as it is shown: what was said, and what became of it. The same object for as long as nothing changes. */
export interface Line {
    readonly seq: number
    readonly at: string
    readonly sender: Sender
    readonly nonce: string
    readonly body: MessageBody
    readonly text: string
    readonly edited: boolean
    readonly redacted: boolean
    readonly pinned: boolean
    readonly reactions: readonly Given[]
    /** Messages in its thread, as far as they are known, and when the newest was said. */
    readonly replies: number
    readonly repliedAt: string
}

interface Facts {
    edit: { seq: number; text: string } | null
    redaction: number // 0: none
    pin: { seq: number; on: boolean }
    reactions: Map<string, Map<string, { seq: number; on: boolean; by: Sender }>>
    replies: number
    repliedAt: string
}

/**
 * What later events say about messages. They may be taken in in any order, as history comes from the newest back: of
 * statements about the same thing the one with the highest number counts.
 */
export class Book {
    private readonly facts = new Map<number, Facts>()
    private readonly lines = new Map<number, Line>()

    /** Take an event in; answers the number of the message it is about, 0 for none. */
    note(event: EventFrame): number {
        const target = this.take(event)
        if (target) this.lines.delete(target)
        return target
    }

    /** A message event as it is shown. */
    line(event: EventFrame): Line {
        let line = this.lines.get(event.seq)
        if (!line) {
            line = this.made(event)
            this.lines.set(event.seq, line)
        }
        return line
    }

    /** Forget messages before this number. */
    trim(first: number): void {
        for (const seq of this.lines.keys()) if (seq < first) this.lines.delete(seq)
        for (const seq of this.facts.keys()) if (seq < first) this.facts.delete(seq)
    }

    clear(): void {
        this.facts.clear()
        this.lines.clear()
    }

    private take(event: EventFrame): number {
        const body = event.body
        switch (body.type) {
            case 'message':
                return body.thread ? this.reply(body.thread, event.at) : 0
            case 'edit':
                return this.edit(body.target, event.seq, body.text ?? '')
            case 'redaction':
                this.of(body.target).redaction = event.seq
                return body.target
            case 'pin':
                return this.pin(body.target, event.seq, body.on ?? true)
            case 'reaction':
                return this.reaction(body.target, body.emoji, { seq: event.seq, on: body.on ?? true, by: event.sender })
            default:
                return 0
        }
    }

    private of(target: number): Facts {
        let facts = this.facts.get(target)
        if (!facts) {
            const pin = { seq: 0, on: false }
            facts = { edit: null, redaction: 0, pin, reactions: new Map(), replies: 0, repliedAt: '' }
            this.facts.set(target, facts)
        }
        return facts
    }

    private reply(target: number, at: string): number {
        const facts = this.of(target)
        facts.replies += 1
        if (at > facts.repliedAt) facts.repliedAt = at
        return target
    }

    private edit(target: number, seq: number, text: string): number {
        const facts = this.of(target)
        if (!facts.edit || facts.edit.seq < seq) facts.edit = { seq, text }
        return target
    }

    private pin(target: number, seq: number, on: boolean): number {
        const facts = this.of(target)
        if (facts.pin.seq < seq) facts.pin = { seq, on }
        return target
    }

    private reaction(target: number, emoji: string, given: { seq: number; on: boolean; by: Sender }): number {
        const facts = this.of(target)
        const byWhom = facts.reactions.get(emoji) ?? new Map<string, typeof given>()
        const known = byWhom.get(given.by.id)
        if (!known || known.seq < given.seq) byWhom.set(given.by.id, given)
        facts.reactions.set(emoji, byWhom)
        return target
    }

    private made(event: EventFrame): Line {
        const body = event.body.type === 'message' ? event.body : ({ type: 'message' } as MessageBody)
        const facts = this.facts.get(event.seq)
        const redacted = (body.redacted ?? null) !== null || Boolean(facts?.redaction)
        return {
            seq: event.seq,
            at: event.at,
            sender: event.sender,
            nonce: event.nonce,
            body,
            text: redacted ? '' : (facts?.edit?.text ?? body.text ?? ''),
            edited: !redacted && Boolean(facts?.edit),
            redacted,
            pinned: !redacted && Boolean(facts?.pin.on),
            reactions: redacted || !facts ? NONE : given(facts),
            replies: facts?.replies ?? 0,
            repliedAt: facts?.repliedAt ?? '',
        }
    }
}

const NONE: readonly Given[] = []

function given(facts: Facts): readonly Given[] {
    const all: (Given & { seq: number })[] = []
    for (const [emoji, byWhom] of facts.reactions) {
        const on = [...byWhom.values()].filter((one) => one.on).sort((a, b) => a.seq - b.seq)
        if (on[0]) all.push({ emoji, by: on.map((one) => one.by), seq: on[0].seq })
    }
    return all.sort((a, b) => a.seq - b.seq)
}

/** A redacted event as the log has it from then on (docs/protocol.md, 6.10). */
export function blanked(event: EventFrame, redaction: number): EventFrame {
    if (event.body.type === 'message') return { ...event, body: { type: 'message', redacted: redaction } }
    if (event.body.type === 'edit') {
        return { ...event, body: { type: 'edit', target: event.body.target, redacted: redaction } }
    }
    return event
}

import { batch, signal } from '@preact/signals'

import type { DecisionSignal, EventFrame, Joined, RoomSettings, Sender, UnreadInfo } from '../protocol/types'
import { Drafts } from './drafts'
import { blanked, Book, type Line } from './facts'
import { laterFrame } from './frame'
import { Here } from './here'
import { last, Log, type Stretch } from './log'
import { withOne, withoutOld, type Reasons } from './reasons'

const BETWEEN = 50 // ms: a room in which more is said than can be read is shown anew so often, and keys come first
const MOST_EVENTS = 6000 // in memory, unless they are being read
const FEWER_EVENTS = 2000

/** A room as this page has it. Signals say how it is; `version` moves when its log does. */
export class Room {
    /** `#name` or `!id`: what requests take. */
    readonly name
    readonly kind = signal<'public' | 'private' | 'direct'>('public')
    readonly role = signal('member')
    readonly topic = signal('')
    readonly welcome = signal('')
    readonly count = signal(0)
    readonly settings = signal<RoomSettings>({})
    readonly peer = signal<Sender | null>(null)
    /** People known by id: members, and whoever is seen in the log. */
    readonly people = new Map<string, Sender>()
    readonly joined = signal(false)
    readonly head = signal(0)
    readonly read = signal(0)
    readonly unread = signal(0)
    readonly mentions = signal(0)
    /** Unread messages in threads that one takes part in, by the thread's number. */
    readonly threads = signal<ReadonlyMap<number, number>>(new Map())
    readonly here = new Here()
    readonly drafts = new Drafts()
    /** Verdict lines: why bots spoke, or were silent. */
    readonly decisions = signal<Reasons>(new Map())
    /** From this line on, what bots made of lines is still to be asked for, once the room is shown; 0: nothing. */
    readonly unexplained = signal(0)
    /** Moves when the log, or what is shown of it, has changed: with the next frame, at most 20 times a second. */
    readonly version = signal(0)
    readonly log = new Log()
    /** The first event one may read. */
    first = 1
    /** The opaque id, by which the room is kept on this device. */
    id = ''
    /** What the reader had read when the room was opened: the unread line stands behind it. */
    readonly unreadFrom = signal(0)
    /** The reader is somewhere back in the log: nothing of it is let go. */
    readingBack = false
    /** The reader has been at the unread line. */
    readonly sawUnread = signal(false)
    private readonly book = new Book()
    private due = false
    private shownAt = -BETWEEN
    private fresh = { unread: 0, mentions: 0 } // counted, and shown with the next frame

    constructor(name: string) {
        this.name = signal(name)
    }

    /** What people call it: the other one's nick in a direct room. */
    get title(): string {
        return this.peer.value ? this.peer.value.nick : this.name.value
    }

    /** The number of the newest event this page has: what `join` goes on after. */
    get cursor(): number {
        const newest = this.log.stretches.at(-1)
        return newest ? last(newest) : this.skipped
    }

    /** Delivery began behind this number, and nothing of the room was read. */
    skipped = 0

    /** The head when the room was entered: what the answer to `join` said of the room counts what came until then. */
    asOf = 0

    entered(answer: Joined): void {
        this.name.value = answer.room
        this.kind.value = answer.kind === 'direct' || answer.kind === 'private' ? answer.kind : 'public'
        this.role.value = answer.role ?? 'member'
        this.topic.value = answer.topic ?? ''
        this.welcome.value = answer.welcome ?? ''
        this.count.value = answer.count
        this.asOf = answer.head
        this.settings.value = answer.settings ?? {}
        this.peer.value = answer.peer ?? null
        this.first = answer.first ?? 1
        this.id = answer.id ?? ''
        this.head.value = Math.max(this.head.value, answer.head)
        for (const member of answer.members ?? []) this.people.set(member.id, member)
        if (answer.peer) this.people.set(answer.peer.id, answer.peer)
        this.joined.value = true
    }

    counted(info: UnreadInfo): void {
        this.read.value = info.read ?? 0
        this.unread.value = info.unread ?? 0
        this.mentions.value = info.mentions ?? 0
        this.threads.value = new Map((info.threads ?? []).map((one) => [one.thread, one.unread]))
        if (info.peer) this.peer.value = info.peer
        this.head.value = Math.max(this.head.value, info.head)
    }

    /** Take events in, as the log tells them: the newest, or a page of history. Answers those that were new. */
    take(events: readonly EventFrame[]): readonly EventFrame[] {
        const fresh = this.log.add(events)
        for (const event of fresh) {
            this.book.note(event)
            if (!this.people.has(event.sender.id)) this.people.set(event.sender.id, event.sender)
            if (event.body.type === 'redaction') this.blank(event.body.target, event.seq)
            if (event.seq > this.head.peek()) this.head.value = event.seq
        }
        if (fresh.length) this.touch()
        return fresh
    }

    /** What was done to messages, told out of its place in the log: it changes them, and is no part of what is shown. */
    note(changes: readonly EventFrame[]): void {
        for (const event of changes) this.book.note(event)
        if (changes.length) this.touch()
    }

    /** A message of somebody else came, behind what was read. Counts move once a frame, as the log does. */
    news(named: boolean, inThread: boolean): void {
        if (!inThread) this.fresh.unread += 1
        if (named) this.fresh.mentions += 1
        this.touch()
    }

    /** The reader has seen it up to here, on this device or another. Answers whether that is new. */
    seen(seq: number): boolean {
        if (seq <= this.read.value) return false
        this.read.value = seq
        if (seq >= this.head.value) {
            this.fresh = { unread: 0, mentions: 0 }
            this.unread.value = 0
            this.mentions.value = 0
        }
        return true
    }

    /** Let go of old events, so that a page that is open for days does not grow. */
    trim(): void {
        const newest = this.log.stretches.at(-1)
        if (this.readingBack || !newest || newest.events.length <= MOST_EVENTS) return
        const first = this.log.trim(FEWER_EVENTS)
        this.book.trim(first)
        this.decisions.value = withoutOld(this.decisions.value, first)
        this.touch()
    }

    /** A message as it is shown; undefined where this page has no message of that number. */
    line(seq: number): Line | undefined {
        const event = this.log.get(seq)
        return event?.body.type === 'message' ? this.book.line(event) : undefined
    }

    /** A message event as it is shown, wherever it was read. */
    shown(event: EventFrame): Line {
        return this.book.line(event)
    }

    /** The stretch that holds this number, or the one at the head. */
    stretch(seq: number): Stretch | undefined {
        return (seq ? this.log.around(seq) : undefined) ?? this.log.stretches.at(-1)
    }

    decided({ verdict, nick = '' }: DecisionSignal): void {
        this.decisions.value = withOne(this.decisions.value, { verdict, nick, at: Date.now() })
        this.touch()
    }

    /** Forget the log: the server's history is another one. */
    forget(): void {
        this.log.clear()
        this.book.clear()
        this.decisions.value = new Map()
        this.skipped = 0
        this.head.value = 0
        this.touch()
    }

    /** The room is looked at: the unread line is put where the reader had left. */
    opened(): void {
        this.unreadFrom.value = this.unread.value > 0 ? this.read.value : 0
        this.sawUnread.value = false
    }

    private blank(target: number, redaction: number): void {
        for (const stretch of this.log.stretches) {
            for (const event of stretch.events) {
                const meant = event.seq === target || (event.body.type === 'edit' && event.body.target === target)
                if (meant) this.log.replace(blanked(event, redaction))
            }
        }
    }

    private touch(): void {
        if (this.due) return
        this.due = true
        laterFrame(this.shownAt + BETWEEN - performance.now(), () => {
            this.due = false
            this.shownAt = performance.now()
            const { unread, mentions } = this.fresh
            this.fresh = { unread: 0, mentions: 0 }
            batch(() => {
                this.unread.value += unread
                this.mentions.value += mentions
                this.version.value += 1
            })
        })
    }
}

import type { EventFrame } from '../protocol/types'
import type { Stretch } from '../state/log'

const GUESS = 44 // px: a row that was never seen
const TOGETHER = 5 * 60_000 // ms: lines of one speaker within this stand together

/** Whether an event has a row of its own. What is said in a thread stands there, what is done to a message at the message. */
export function hasRow(event: EventFrame): boolean {
    switch (event.body.type) {
        case 'message':
            return !event.body.thread
        case 'edit':
        case 'redaction':
        case 'reaction':
            return false
        default:
            return true
    }
}

/** Whether a line begins anew: another speaker, another time, an answer to something. */
export function beginsAnew(event: EventFrame, before: EventFrame | undefined): boolean {
    if (!before || before.body.type !== 'message' || event.body.type !== 'message') return true
    if (event.body.reply_to || event.body.style === 'action' || before.body.style === 'action') return true
    if (before.sender.id !== event.sender.id || before.sender.nick !== event.sender.nick) return true
    return Date.parse(event.at) - Date.parse(before.at) > TOGETHER || anotherDay(event, before)
}

export function anotherDay(event: EventFrame, before: EventFrame | undefined): boolean {
    return !before || new Date(event.at).toDateString() !== new Date(before.at).toDateString()
}

/**
 * The rows of a stretch and their heights: where each begins, and which are within a window. Grows at both ends without
 * looking at what is there already; of a hundred thousand rows only those that are shown are ever measured.
 */
export class Rows {
    seqs: number[] = []
    private heights: number[] = []
    private first = 0
    private last = -1
    private offsets = new Float64Array(1)
    private right = 0 // offsets are right up to this row

    /** Take in what a stretch has more, or less, than before. */
    update(stretch: Stretch | undefined): void {
        if (!stretch) return this.reset()
        const end = stretch.first + stretch.events.length - 1
        if (this.last < this.first || stretch.first > this.last + 1 || end < this.first - 1 || end < this.last)
            this.reset()
        if (this.last < this.first) {
            this.first = stretch.first
            this.last = stretch.first - 1
        }
        if (stretch.first > this.first) this.cut(stretch.first)
        else if (stretch.first < this.first) this.lead(stretch)
        for (let seq = this.last + 1; seq <= end; seq += 1) {
            if (!hasRow(stretch.events[seq - stretch.first]!)) continue
            this.seqs.push(seq)
            this.heights.push(GUESS)
        }
        this.last = end
    }

    get count(): number {
        return this.seqs.length
    }

    get total(): number {
        return this.offset(this.count)
    }

    /** Where a row begins, px from the first. */
    offset(index: number): number {
        if (this.offsets.length <= this.count) {
            const more = new Float64Array(Math.max(64, this.count * 2))
            more.set(this.offsets.subarray(0, Math.min(this.offsets.length, this.right + 1)))
            this.offsets = more
        }
        for (; this.right < index; this.right += 1) {
            this.offsets[this.right + 1] = this.offsets[this.right]! + this.heights[this.right]!
        }
        return this.offsets[index] ?? 0
    }

    /** The row at a height, px from the first. */
    at(y: number): number {
        let low = 0
        let high = this.count - 1
        while (low < high) {
            const middle = (low + high + 1) >> 1
            if (this.offset(middle) <= y) low = middle
            else high = middle - 1
        }
        return low
    }

    /** The place of a number's row, or of the first one behind it. */
    indexOf(seq: number): number {
        let low = 0
        let high = this.count
        while (low < high) {
            const middle = (low + high) >> 1
            if (this.seqs[middle]! < seq) low = middle + 1
            else high = middle
        }
        return low
    }

    /** A row was measured; answers whether it is as high as was thought. */
    measured(index: number, height: number): boolean {
        if (Math.abs(this.heights[index]! - height) < 0.5) return true
        this.heights[index] = height
        this.right = Math.min(this.right, index)
        return false
    }

    private reset(): void {
        this.seqs = []
        this.heights = []
        this.first = 0
        this.last = -1
        this.right = 0
    }

    private cut(first: number): void {
        const index = this.indexOf(first)
        this.seqs = this.seqs.slice(index)
        this.heights = this.heights.slice(index)
        this.first = first
        this.right = 0
    }

    private lead(stretch: Stretch): void {
        const seqs: number[] = []
        for (let seq = stretch.first; seq < this.first; seq += 1) {
            if (hasRow(stretch.events[seq - stretch.first]!)) seqs.push(seq)
        }
        this.seqs = seqs.concat(this.seqs)
        this.heights = new Array<number>(seqs.length).fill(GUESS).concat(this.heights)
        this.first = stretch.first
        this.right = 0
    }
}

import { signal } from '@preact/signals'

import type { Stretch } from '../state/log'
import { Rows } from './rows'

const AHEAD = 700 // px rendered above and below what is seen
const NEAR_END = 32 // px
const MANY = 40 // rows too many before some are given up

export interface Window {
    readonly from: number
    readonly to: number
}

/**
 * Shows a window of many rows, so that what is read stays where it is: rows are added above and below, are measured and found
 * higher than was thought, images load, and the line under one's eyes does not move. At the end the end stays in view.
 */
export class Scroller {
    readonly rows = new Rows()
    /** The newest row stays in view. */
    readonly stuck = signal(true)
    /** Moves when other rows are to be rendered. */
    readonly moved = signal(0)
    private box: HTMLElement | null = null
    private inner: HTMLElement | null = null
    private height = 800
    private lastTop = 0
    private settledHeight = -1
    private anchor = { seq: 0, top: 0 } // this row's upper edge is so far below the window's
    private rendered: Window = { from: 0, to: 0 }
    private observer: ResizeObserver | null = null
    private tail: HTMLElement | null = null

    /** @param box what scrolls; @param inner holds a spacer, the rendered rows with `data-index`, and a spacer */
    attach(box: HTMLElement, inner: HTMLElement): () => void {
        this.box = box
        this.inner = inner
        this.height = box.clientHeight
        this.observer = new ResizeObserver(() => {
            if (this.height === box.clientHeight && this.asSettled()) return
            this.height = box.clientHeight
            this.settle()
        })
        this.observer.observe(box)
        this.observer.observe(inner)
        if (this.tail) this.observer.observe(this.tail)
        box.addEventListener('scroll', this.scrolled, { passive: true })
        this.settle()
        return () => {
            this.observer?.disconnect()
            box.removeEventListener('scroll', this.scrolled)
            this.box = this.inner = null
        }
    }

    /** What stands behind the rows: answers grow there. */
    readonly watch = (tail: HTMLElement | null): void => {
        this.tail = tail
        if (tail) this.observer?.observe(tail)
    }

    update(stretch: Stretch | undefined): void {
        this.rows.update(stretch)
    }

    /** Which rows to render now. */
    window(): Window {
        return (this.rendered = this.wantedWindow())
    }

    private wantedWindow(): Window {
        const { rows } = this
        const top = this.stuck.peek() ? rows.total - this.height : this.wanted()
        const from = rows.at(Math.max(0, top - AHEAD))
        const to = Math.min(rows.count, rows.at(top + this.height + AHEAD) + 1)
        return { from, to: Math.max(to, from) }
    }

    /** The first row that is rendered. */
    get shownFrom(): number {
        return this.rendered.from
    }

    /** Rows are rendered: measure them, and put what is read where it was. */
    settle(): void {
        const { box, inner, rows } = this
        if (!box || !inner) return
        for (const row of inner.children) {
            const index = (row as HTMLElement).dataset['index']
            if (index !== undefined) rows.measured(Number(index), row.getBoundingClientRect().height)
        }
        const { from, to } = this.rendered
        resize(inner.firstElementChild, rows.offset(from))
        resize(inner.lastElementChild, rows.total - rows.offset(to))
        const top = this.stuck.peek() ? box.scrollHeight - this.height : this.wanted() + inner.offsetTop
        if (Math.abs(box.scrollTop - top) >= 1) box.scrollTop = top
        this.lastTop = box.scrollTop
        this.settledHeight = box.scrollHeight
        this.look()
    }

    /** Nothing is higher or lower than when it was settled: what an observer tells is often what was measured already. */
    private asSettled(): boolean {
        return this.box?.scrollHeight === this.settledHeight
    }

    /** Show a row a third below the upper edge. */
    jump(seq: number): void {
        this.stuck.value = false
        this.anchor = { seq, top: Math.round(this.height / 3) }
        this.moved.value += 1
    }

    toEnd(): void {
        this.stuck.value = true
        this.moved.value += 1
    }

    /** How far the window is from the first row and from the last, px. */
    distances(): { above: number; below: number } {
        const { box } = this
        if (!box) return { above: Infinity, below: Infinity }
        return { above: box.scrollTop, below: box.scrollHeight - box.scrollTop - this.height }
    }

    /** The row at the upper edge. */
    get topSeq(): number {
        return this.stuck.peek() ? Infinity : this.anchor.seq
    }

    private wanted(): number {
        return this.rows.offset(this.rows.indexOf(this.anchor.seq)) - this.anchor.top
    }

    private readonly scrolled = (): void => {
        const { box, inner, rows } = this
        if (!box || !inner) return
        const top = box.scrollTop
        this.height = box.clientHeight // a banner may have come or gone: this is told before the observer's turn
        const atEnd = top + this.height >= box.scrollHeight - NEAR_END
        this.stuck.value = atEnd || (this.stuck.peek() && top >= this.lastTop - 1)
        this.lastTop = top
        const index = rows.at(top - inner.offsetTop)
        this.anchor = { seq: rows.seqs[index] ?? 0, top: rows.offset(index) + inner.offsetTop - top }
        this.look()
    }

    /** Render anew when the window has left what is rendered. */
    private look(): void {
        const before = this.rendered
        const now = this.wantedWindow()
        const short = now.from < before.from || now.to > before.to
        const long = now.from > before.from + MANY || now.to < before.to - MANY
        if (short || long) this.moved.value += 1
    }
}

function resize(spacer: Element | null, height: number): void {
    const style = (spacer as HTMLElement).style
    const now = `${Math.max(0, height)}px`
    if (style.height !== now) style.height = now
}

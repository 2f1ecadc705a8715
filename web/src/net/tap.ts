/** Every frame of this page's connection, for whoever looks on (the inspector). */
export interface Frame {
    readonly out: boolean
    readonly at: number // ms since 1970
    readonly text: string
}

type Look = (frame: Frame) => void

const KEPT = 300 // of the newest, while nobody looks on
const MOST = 1 << 20 // characters of them together: a frame may have 64 KiB

/** The newest frames, few enough and short enough together. Pure, but for what it keeps. */
export class Newest {
    private frames: Frame[] = []
    private size = 0

    constructor(
        private readonly most = KEPT,
        private readonly mostSize = MOST,
    ) {}

    add(frame: Frame): void {
        this.frames.push(frame)
        this.size += frame.text.length
        if (this.frames.length > 2 * this.most || this.size > 2 * this.mostSize) this.cut() // now and then, not for each
    }

    all(): readonly Frame[] {
        this.cut()
        return this.frames
    }

    private cut(): void {
        let from = Math.max(0, this.frames.length - this.most)
        let size = this.frames.slice(from).reduce((sum, one) => sum + one.text.length, 0)
        for (; size > this.mostSize && from < this.frames.length - 1; from += 1) size -= this.frames[from]!.text.length
        this.frames = this.frames.slice(from)
        this.size = size
    }
}

const newest = new Newest()
const looking = new Set<Look>()

export function passed(out: boolean, text: string): void {
    const frame = { out, at: Date.now(), text }
    newest.add(frame)
    for (const look of looking) look(frame)
}

/** Look on: first at the newest frames so far, then at each as it passes. The answer stops it. */
export function tap(look: Look): () => void {
    for (const frame of newest.all()) look(frame)
    looking.add(look)
    return () => looking.delete(look)
}

/** Every frame of this page's connection, for whoever looks on (the inspector). */
export interface Frame {
    readonly out: boolean
    readonly at: number // ms since 1970
    readonly text: string
}

type Look = (frame: Frame) => void

const KEPT = 300
const kept: Frame[] = []
const looking = new Set<Look>()

export function passed(out: boolean, text: string): void {
    const frame = { out, at: Date.now(), text }
    kept.push(frame)
    if (kept.length > 2 * KEPT) kept.splice(0, kept.length - KEPT)
    for (const look of looking) look(frame)
}

/** Look on: first at the newest frames so far, then at each as it passes. The answer stops it. */
export function tap(look: Look): () => void {
    for (const frame of kept.slice(-KEPT)) look(frame)
    looking.add(look)
    return () => looking.delete(look)
}

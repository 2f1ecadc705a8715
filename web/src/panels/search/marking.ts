/** A text in parts, of which some were looked for. Pure. */

export interface Part {
    readonly text: string
    readonly on: boolean
}

/** @param matches begin and end of each, in code points, in their order */
export function marked(text: string, matches: readonly (readonly [number, number])[]): Part[] {
    const points = [...text]
    const parts: Part[] = []
    let at = 0
    for (const [begin, end] of matches) {
        if (begin > at) parts.push({ text: points.slice(at, begin).join(''), on: false })
        if (end > Math.max(at, begin)) parts.push({ text: points.slice(Math.max(at, begin), end).join(''), on: true })
        at = Math.max(at, end)
    }
    if (at < points.length) parts.push({ text: points.slice(at).join(''), on: false })
    return parts
}

/** What the text at the caret may become: `@` people, `#` rooms, `/` commands, `:` emoji. Pure. */

export interface Choice {
    /** What is put in, a space after it included. */
    readonly insert: string
    readonly label: string
    readonly detail?: string
    /** What is shown in front: an emoji, or the sign. */
    readonly mark?: string
}

export interface Wanted {
    readonly sign: '@' | '#' | '/' | ':'
    readonly word: string
    /** Where it begins in the text, the sign included. */
    readonly from: number
}

/** What is being completed at the caret; null: nothing. */
export function wantedAt(text: string, caret: number): Wanted | null {
    const before = text.slice(0, caret)
    const found = /(^|[\s(])([@#:/])([^\s@#:/]*)$/u.exec(before)
    if (!found) return null
    const [, lead = '', sign, word = ''] = found
    const from = caret - word.length - 1
    if (sign === '/' && (from !== 0 || lead)) return null
    if (sign === ':' && word.length < 2) return null
    return { sign: sign as Wanted['sign'], word, from }
}

/** The text with a choice in it, and where the caret is then. */
export function completed(
    text: string,
    caret: number,
    wanted: Wanted,
    choice: Choice,
): { text: string; caret: number } {
    const head = text.slice(0, wanted.from) + choice.insert
    return { text: head + text.slice(caret).replace(/^ /, ''), caret: head.length }
}

/** Those that fit, the best first: a beginning before a middle, then in the order given. */
export function fitting<T>(all: Iterable<T>, word: string, name: (one: T) => string, most = 8): T[] {
    const wanted = word.toLowerCase()
    const ranked: { one: T; rank: number }[] = []
    for (const one of all) {
        const at = name(one).toLowerCase().indexOf(wanted)
        if (at >= 0) ranked.push({ one, rank: at === 0 ? 0 : 1 })
    }
    return ranked
        .sort((a, b) => a.rank - b.rank)
        .slice(0, most)
        .map(({ one }) => one)
}

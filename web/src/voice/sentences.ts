/** Where to begin to speak: a text that grows is cut into sentences, as the server's `roomful.speech.sentences` does it. */

const SHORT = new Set(['Dr', 'Mr', 'Mrs', 'Ms', 'Nr', 'St', 'bzw', 'etc', 'usw', 'vs']) // end with a dot, and no sentence
const LETTERS = /^(?:[\p{L}\p{N}_]\.)+[\p{L}\p{N}_]$/u // e.g. i.e. z.B. U.S.
const ENDS = '.!?…。！？'
const WIDE = '。！？'
const LONGEST = 300 // characters

/** Where the first sentence of a text ends, surely; 0: not yet. */
export function ends(text: string, longest = LONGEST): number {
    for (let at = 0; at < text.length - 1; at += 1) {
        const one = text[at]!
        const next = text[at + 1]!
        if (one === '\n' && text.slice(0, at).trim()) return at + 1
        if (ENDS.includes(one) && (/\s/.test(next) || WIDE.includes(one)) && !abbreviates(text, at)) return at + 1
    }
    return text.length > longest ? text.lastIndexOf(' ', longest - 1) + 1 : 0
}

/** Whether the dot belongs to a short word, as in Mr. or e.g. */
function abbreviates(text: string, at: number): boolean {
    const word = text.slice(0, at).trimEnd().split(/\s+/).at(-1) ?? ''
    return text[at] === '.' && (word.length === 1 || SHORT.has(word) || LETTERS.test(word))
}

/** Cuts a text that grows. What stands in fences of code is left out: nobody wants it read. */
export class Cutter {
    private at = 0
    private code = false

    /** The sentences that have come to their end since the last call; with `whole`, the rest too. */
    cut(text: string, whole = false): string[] {
        const found: string[] = []
        for (;;) {
            const rest = text.slice(this.at)
            const end = ends(rest) || (whole ? rest.length : 0)
            if (!end) return found
            this.at += end
            const one = rest.slice(0, end).trim()
            if (/^(?:```|~~~)/.test(one)) this.code = !this.code
            else if (!this.code && /[\p{L}\p{N}]/u.test(one)) found.push(one)
        }
    }
}

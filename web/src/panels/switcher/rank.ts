/** How well a name fits what was typed. Pure. */

/** Higher fits better; 0: not at all. `lob` fits #lobby by its beginning, `by` inside, `lb` by letters in order. */
export function fit(name: string, typed: string): number {
    const plain = folded(name).replace(/^[#@!]/u, '')
    const wanted = folded(typed).replace(/^[#@!]/u, '')
    if (!wanted) return 1
    if (plain === wanted) return 6
    if (plain.startsWith(wanted)) return 5
    if (plain.split(/[\s_-]+/u).some((word) => word.startsWith(wanted))) return 4
    if (plain.includes(wanted)) return 3
    return inOrder(plain, wanted) ? 2 : 0
}

/** Without capitals and accents. */
function folded(text: string): string {
    return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function inOrder(name: string, letters: string): boolean {
    let at = 0
    for (const letter of letters) {
        at = name.indexOf(letter, at) + 1
        if (!at) return false
    }
    return true
}

/** Those that fit, the best first; equal ones stay in their order. */
export function ranked<T>(all: readonly T[], name: (one: T) => string, typed: string): T[] {
    return all
        .map((one, at) => ({ one, at, score: fit(name(one), typed) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || a.at - b.at)
        .map(({ one }) => one)
}

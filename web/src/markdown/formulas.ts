import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it'

/**
 * Formulas as they are written in texts: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, and fences of the language `math`. They are found
 * only where `env.formulas` says so, and stay what was written until `showFormulas` shows them.
 *
 * Of single dollars as pandoc has it (its manual, `tex_math_dollars`): no white space within them at either end, and no digit
 * behind the last, so that "$5 and $6" is text.
 */
export function formulas(markdown: MarkdownIt): void {
    markdown.inline.ruler.before('escape', 'formula', inline)
    markdown.block.ruler.before('fence', 'formula', block, { alt: ['paragraph', 'reference', 'blockquote', 'list'] })
    const { escapeHtml } = markdown.utils
    markdown.renderer.rules['formula'] = (tokens, at) => `<span class="formula">${escapeHtml(tokens[at]!.content)}</span>`
    markdown.renderer.rules['formula_block'] = (tokens, at) => {
        const shown = `<span class="formula formula-block" tabindex="0">${escapeHtml(tokens[at]!.content)}</span>`
        return tokens[at]!.block ? `<p>${shown}</p>` : shown
    }
}

export const LONGEST = 2_000 // characters of a formula

/** What opens a formula, what closes it, and whether it stands alone. The longer of two comes first. */
const MARKS = [
    { open: '$$', close: '$$', alone: true },
    { open: '$', close: '$', alone: false },
    { open: '\\[', close: '\\]', alone: true },
    { open: '\\(', close: '\\)', alone: false },
] as const

/** A formula without what stands around it. */
export function within(source: string): string {
    const text = source.trim()
    const mark = MARKS.find(
        ({ open, close }) =>
            text.startsWith(open) && text.endsWith(close) && text.length >= open.length + close.length,
    )
    return mark ? text.slice(mark.open.length, -mark.close.length) : text
}

const wanted = (env: unknown): boolean => Boolean((env as { formulas?: boolean }).formulas)

function inline(state: StateInline, silent: boolean): boolean {
    if (!wanted(state.env)) return false
    const mark = MARKS.find(({ open }) => state.src.startsWith(open, state.pos))
    if (!mark) return false
    const end = closed(state.src, state.pos + mark.open.length, state.posMax, mark.close)
    if (end < 0) return false
    if (!silent) {
        const token = state.push(mark.alone ? 'formula_block' : 'formula', 'span', 0)
        token.content = state.src.slice(state.pos, end)
    }
    state.pos = end
    return true
}

/** Where the formula that begins at `from` is over, behind what closes it; -1: it is none. */
function closed(text: string, from: number, to: number, close: string): number {
    let at = from
    to = Math.min(to, from + LONGEST)
    while (at < to && !text.startsWith(close, at)) {
        if (text[at] === '`') return -1 // code is code
        at += text[at] === '\\' ? 2 : 1
    }
    const end = at + close.length
    if (end > to || !text.slice(from, at).trim()) return -1
    if (close !== '$') return end
    return /\s/.test(text[from]!) || /\s/.test(text[at - 1]!) || /\d/.test(text[end] ?? '') ? -1 : end
}

/** A formula on lines of its own. */
function block(state: StateBlock, first: number, last: number, silent: boolean): boolean {
    if (!wanted(state.env) || state.sCount[first]! - state.blkIndent >= 4) return false
    const begin = line(state, first)
    const mark = MARKS.find(({ open, alone }) => alone && begin.startsWith(open))
    if (!mark) return false
    let next = first
    let text = begin.slice(mark.open.length)
    while (!text.endsWith(mark.close)) {
        next += 1
        if (text.includes(mark.close) || next >= last || state.isEmpty(next)) return false
        if (state.bMarks[next]! - state.bMarks[first]! > LONGEST) return false
        if (state.sCount[next]! < state.blkIndent) return false // it ends with the list that it stands in
        text = line(state, next)
    }
    if (text.indexOf(mark.close) < text.length - mark.close.length) return false // there is more on that line
    const source = state.getLines(first, next + 1, state.blkIndent, false)
    if (!within(source).trim()) return false
    if (silent) return true
    const token = state.push('formula_block', 'span', 0)
    token.block = true
    token.content = source
    token.map = [first, next + 1]
    state.line = next + 1
    return true
}

const line = (state: StateBlock, at: number): string =>
    state.src.slice(state.bMarks[at]! + state.tShift[at]!, state.eMarks[at]!).trimEnd()

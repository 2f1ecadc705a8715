/** Formulas as MathML: Temml, loaded when the first formula is to be shown. */

import temml from 'temml'

import { LONGEST } from './formulas'

const EXPANSIONS = 300 // of macros
const LARGEST: [number, number] = [30, 300] // em, and pt: of spaces and rules
const KEPT = 200 // formulas
const DEEPEST = 60 // elements within each other
const FENCES = 10 // of these with brackets that grow: for each the browser lays out twice what is in it
const DEEP = 'It is nested too deeply'

/** MathML that is still to be purified, or why there is none. */
export type Made = { readonly html: string } | { readonly wrong: string }

const made = new Map<string, Made>()

/** What a formula looks like. Nothing in it names an address or an element: Temml trusts nobody. */
export function mathml(source: string, alone: boolean): Made {
    const key = `${alone}${source}`
    const known = made.get(key)
    if (known) return known
    const fresh = make(source, alone)
    if (made.size >= KEPT) made.clear()
    made.set(key, fresh)
    return fresh
}

function make(source: string, alone: boolean): Made {
    if (source.length > LONGEST) return { wrong: `It has more than ${LONGEST} characters.` }
    try {
        const html = temml.renderToString(source, { ...RULES, macros: {}, displayMode: alone })
        return isDeep(html) ? { wrong: DEEP } : { html: classed(html) }
    } catch (why) {
        return { wrong: reason(why) } // whatever somebody wrote, the others' lines are shown
    }
}

const RULES = { throwOnError: true, trust: false, maxExpand: EXPANSIONS, maxSize: LARGEST }

/** The first line of what Temml says: after it come the place, and letters that underline it. */
function reason(why: unknown): string {
    const said = why instanceof RangeError ? DEEP : String((why as Error).message)
    return said.trim().split('\n')[0]!.replace(/:\s*$/, '')
}

/** Styles that formulas need, and the classes that stand for them: the page's policy allows no style within HTML. */
const STYLES: readonly (readonly [RegExp, string])[] = [
    [/padding-left:0(?:em|pt)/, 'no-start'],
    [/padding-right:0(?:em|pt)/, 'no-end'],
    [/border:1px solid/, 'boxed'],
    [/border-top:[^;]*solid/, 'line-top'],
    [/border-bottom:[^;]*solid/, 'line-bottom'],
    [/border-left:[^;]*solid/, 'line-start'],
    [/border-right:[^;]*solid/, 'line-end'],
]

function classed(html: string): string {
    return html.replace(/(?: class="([^"]*)")? style="([^"]*)"/g, (_, names: string | undefined, style: string) => {
        const all = [names, ...STYLES.filter(([looks]) => looks.test(style)).map(([, name]) => name)]
        const kept = all.filter(Boolean).join(' ')
        return kept ? ` class="${kept}"` : ''
    })
}

function isDeep(html: string): boolean {
    const open: boolean[] = [] // elements, and whether they hold something that grows with them
    for (const [tag, end] of html.matchAll(/<(\/?)[^>]*>/g)) {
        if (end) {
            open.pop()
            continue
        }
        if (open.length && tag.includes('stretchy="true"')) open[open.length - 1] = true
        open.push(false)
        if (open.length > DEEPEST || open.filter(Boolean).length > FENCES) return true
    }
    return false
}

/** Colours in code: highlight.js, loaded when the first code with a language is seen. */

import type { HLJSApi } from 'highlight.js'

import { safe } from './policy'

const LONGEST = 20_000 // characters; longer code stays as it is

let loading: Promise<HLJSApi> | undefined

/** Colour a block of code, soon. */
export async function colour(code: HTMLElement, language: string): Promise<void> {
    const text = code.textContent ?? ''
    if (text.length > LONGEST) return
    loading ??= import('./languages').then((module) => module.default)
    const highlighter = await loading
    const name = language.toLowerCase()
    if (!highlighter.getLanguage(name)) return
    code.innerHTML = safe(highlighter.highlight(text, { language: name, ignoreIllegals: true }).value)
}

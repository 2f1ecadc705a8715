import MarkdownIt from 'markdown-it'

import { formulas } from './formulas'
import { names } from './names'

/**
 * Markdown to HTML: the first barrier, as markdown-it passes no HTML through. No images: what is shown of other servers would
 * tell them who reads. Only what `purified` lets through is ever shown.
 */

const markdown = new MarkdownIt('default', { html: false, linkify: true, breaks: true, typographer: false })
markdown.disable(['image'])
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.use(names)
markdown.use(formulas)

const open = markdown.renderer.rules['link_open']
markdown.renderer.rules['link_open'] = (tokens, at, options, env, self) => {
    const token = tokens[at]!
    if (/^https?:/i.test(String(token.attrGet('href')))) token.attrSet('target', '_blank')
    token.attrSet('rel', 'noopener noreferrer nofollow ugc')
    return open ? open(tokens, at, options, env, self) : self.renderToken(tokens, at, options)
}

markdown.renderer.rules.fence = (tokens, at, options, env, self) => {
    const token = tokens[at]!
    if (env?.['formulas'] && token.info.trim() === 'math')
        return markdown.renderer.rules['formula_block']!(tokens, at, options, env, self)
    const language = /^[\w+#-]{1,24}/.exec(token.info)?.[0] ?? ''
    const mark = language ? ` data-language="${markdown.utils.escapeHtml(language)}"` : ''
    return `<pre tabindex="0"${mark}><code>${markdown.utils.escapeHtml(token.content)}</code></pre>`
}

markdown.renderer.rules['table_open'] = () => '<table tabindex="0">'
for (const cell of ['th_open', 'td_open']) {
    markdown.renderer.rules[cell] = (tokens, at, options, _env, self) => {
        const token = tokens[at]!
        const align = /text-align:(\w+)/.exec(String(token.attrGet('style')))?.[1]
        if (align) token.attrs = [['class', `align-${align}`]]
        return self.renderToken(tokens, at, options)
    }
}

/** What there is besides a line of plain words; most lines have none of it, and are shown as they are. */
const MARKED = /[*_`~[\]<>#|\\@\n]|:\/\/|^\s*(?:[-+] |\d+[.)] |={3,}|-{3,})/

export const isPlain = (text: string, formulas = false): boolean =>
    !MARKED.test(text) && !(formulas && text.includes('$'))

/** Who and what may be named in a text. */
export interface Known {
    /** Whether somebody is called so. */
    nick(name: string): boolean
    /** Whether there is a room of this `#name` that the reader is in. */
    room(name: string): boolean
    /** The nick of the reader, in small letters. */
    readonly me: string
}

/** Untrusted HTML of a message: to be shown by `safe` only. `formulas`: they are marked, for `showFormulas`. */
export const toHtml = (text: string, known: Known, formulas = false): string =>
    markdown.render(text, { known, formulas })

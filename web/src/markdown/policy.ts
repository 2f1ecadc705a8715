import DOMPurify from 'dompurify'

/**
 * The page's own Trusted Types policy. HTML comes in by one door only, the second barrier: DOMPurify with a short list of what
 * may stand in a message. Of scripts, only our service worker has an address that may be trusted.
 */

const TAGS = [
  'a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'li', 'ol', 'p', 'pre',
  's', 'span', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul',
] // prettier-ignore
const ATTRIBUTES = ['class', 'href', 'rel', 'target', 'start', 'title', 'data-language', 'tabindex']
const NO_ADDRESS = ['rel', 'target', 'start', 'tabindex', 'data-language'] // whatever stands in these is none
const SAFE_LINK = /^(?:https?:|mailto:|xmpp:|irc6?s?:|\/(?!\/)|#)/i
const WORKER = '/sw.js'

/** Of a formula: MathML as it is drawn, and nothing that names an address. */
const MATH_TAGS = [
  'math', 'menclose', 'mfrac', 'mi', 'mmultiscripts', 'mn', 'mo', 'mover', 'mpadded', 'mphantom', 'mprescripts', 'mroot',
  'mrow', 'mspace', 'msqrt', 'mstyle', 'msub', 'msubsup', 'msup', 'mtable', 'mtd', 'mtext', 'mtr', 'munder', 'munderover',
] // prettier-ignore
const MATH_ATTRIBUTES = [
  'accent', 'accentunder', 'class', 'columnspan', 'depth', 'display', 'displaystyle', 'fence', 'form', 'height', 'largeop',
  'linethickness', 'lspace', 'mathvariant', 'maxsize', 'minsize', 'movablelimits', 'notation', 'rowspan', 'rspace',
  'scriptlevel', 'separator', 'stretchy', 'symmetric', 'voffset', 'width',
] // prettier-ignore

/** What it makes are strings to the DOM's types, and TrustedHTML and TrustedScriptURL to the browser. */
interface Policy {
    createHTML(html: string, formula?: boolean): string
    createScriptURL(url: string): string
}

interface Trusting {
    trustedTypes?: { createPolicy(name: string, rules: object): Policy }
}

const rules = { createHTML: purified, createScriptURL: onlyWorker }
const policy: Policy = (globalThis as Trusting).trustedTypes?.createPolicy('roomful', rules) ?? rules

function purified(html: string, formula = false): string {
    return DOMPurify.sanitize(html, {
        ALLOWED_TAGS: formula ? MATH_TAGS : TAGS,
        ALLOWED_ATTR: formula ? MATH_ATTRIBUTES : ATTRIBUTES,
        ALLOWED_URI_REGEXP: SAFE_LINK,
        ADD_URI_SAFE_ATTR: formula ? MATH_ATTRIBUTES : NO_ADDRESS,
        ALLOW_DATA_ATTR: false,
        ALLOW_ARIA_ATTR: false,
        RETURN_TRUSTED_TYPE: false,
    })
}

function onlyWorker(url: string): string {
    if (url !== WORKER) throw new TypeError(`Nothing but ${WORKER} is loaded as a script.`)
    return url
}

/** HTML that may be shown: what is not on the list is gone from it. */
export const safe = (html: string): string => policy.createHTML(html)

/** MathML that may be shown. */
export const safeFormula = (html: string): string => policy.createHTML(html, true)

/** The address of the service worker, for `register`. */
export const workerAddress = (): string => policy.createScriptURL(WORKER)

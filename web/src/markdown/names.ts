import type { MarkdownIt, StateCore, Token } from 'markdown-it'

import { path } from '../state/place'
import type { Known } from './render'

const NAME = /(^|[\s(])(?:@([^\s!@#:,*?&+%~.()]{1,32})|(#[^\s,.;:!?()]{1,63}))/gu

/** `@nick` and `#room` in a text: marked, and a link. */
export function names(markdown: MarkdownIt): void {
    markdown.core.ruler.push('names', (state) => {
        const known = (state.env as { known?: Known }).known
        if (!known) return
        for (const block of state.tokens) {
            if (block.type === 'inline' && block.children) block.children = marked(state, block.children, known)
        }
    })
}

function marked(state: StateCore, tokens: Token[], known: Known): Token[] {
    const all: Token[] = []
    let depth = 0
    for (const token of tokens) {
        if (token.type === 'link_open') depth += 1
        if (token.type === 'link_close') depth -= 1
        if (token.type !== 'text' || depth > 0) all.push(token)
        else all.push(...split(state, token, known))
    }
    return all
}

function split(state: StateCore, token: Token, known: Known): Token[] {
    const text = token.content
    const parts: Token[] = []
    let from = 0
    for (const found of text.matchAll(NAME)) {
        const [whole, before = '', nick, room] = found
        if (nick ? !known.nick(nick) && nick !== 'room' : !known.room(room!)) continue
        const start = found.index + before.length
        if (start > from) parts.push(words(state, text.slice(from, start)))
        parts.push(...(nick ? mention(state, nick, known) : link(state, room!)))
        from = found.index + whole.length
    }
    if (!from) return [token]
    if (from < text.length) parts.push(words(state, text.slice(from)))
    return parts
}

function words(state: StateCore, text: string): Token {
    const token = new state.Token('text', '', 0)
    token.content = text
    return token
}

function mention(state: StateCore, nick: string, known: Known): Token[] {
    const open = new state.Token('mention_open', 'span', 1)
    const mine = nick.toLowerCase() === known.me || nick === 'room'
    open.attrs = [['class', mine ? 'mention mention-me' : 'mention']]
    return [open, words(state, `@${nick}`), new state.Token('mention_close', 'span', -1)]
}

function link(state: StateCore, room: string): Token[] {
    const open = new state.Token('link_open', 'a', 1)
    open.attrs = [
        ['href', path(room)],
        ['class', 'room-link'],
    ]
    return [open, words(state, room), new state.Token('link_close', 'a', -1)]
}

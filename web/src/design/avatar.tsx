/** Who somebody is, at a glance: the nick's first letters on a colour that follows from the id. */

import { Icon, type IconName } from './icons'

const HUES = 8

/** 0 to 7: the same for the same id everywhere. */
export function hueOf(id: string): number {
    let sum = 0
    for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0
    return sum % HUES
}

/** One or two letters: `Ann Lee` and `ann_lee` are AL, `ann` is A. */
export function initials(nick: string): string {
    const words = nick.split(/[\s_-]+/u).filter(Boolean)
    const first = (word: string | undefined) =>
        word ? ([...new Intl.Segmenter().segment(word)][0]?.segment ?? '') : ''
    const last = words.length > 1 ? first(words.at(-1)) : ''
    return (first(words[0]) + last).toLocaleUpperCase() || '?'
}

interface AvatarProps {
    id: string
    nick: string
    /** As `kind` of a sender: bots have a face of their own. */
    kind?: string
    size?: 'small' | 'medium' | 'large'
    /** A dot: `online`, `idle`, `away` or `offline`. */
    presence?: string
}

/** Programs have faces of their own. */
const FACES: Readonly<Record<string, IconName>> = { bot: 'bot', service: 'server', webhook: 'link' }

/** The picture. Its name stands beside it, so screen readers pass it over. */
export function Avatar({ id, nick, kind, size = 'medium', presence }: AvatarProps) {
    const face = FACES[kind ?? '']
    return (
        <span class={`avatar avatar-${size} hue-${hueOf(id)}${face ? ' avatar-bot' : ''}`} aria-hidden="true">
            {face ? <Icon name={face} size={size === 'small' ? 16 : 20} /> : initials(nick)}
            {presence && <span class={`presence presence-${presence}`} />}
        </span>
    )
}

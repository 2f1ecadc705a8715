/** The keys that work everywhere in the page. What they do is in the sheet, which `?` shows. */

import type { Key } from '../../i18n'

/** A key as it is written on the sheet: "Mod" is Ctrl, or ⌘ on a Mac. */
export interface Shortcut {
    readonly keys: string
    readonly says: Key
    /** Absent: the component that has the focus does it. */
    readonly run?: () => void
    /** It also works while one types. */
    readonly always?: boolean
}

const MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

/** "Ctrl+K" or "⌘K". */
export function written(keys: string): string {
    return MAC ? keys.replace('Mod+', '⌘').replace('Alt+', '⌥') : keys.replace('Mod+', 'Ctrl+')
}

/** The keys of an event in the sheet's words: "Mod+k", "Alt+ArrowDown", "?". */
export function pressed(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
    const mod = MAC ? event.metaKey : event.ctrlKey
    const shift = event.shiftKey && event.key.length > 1
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
    return `${mod ? 'Mod+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`
}

/** Whether what has the focus takes letters. */
export function takesLetters(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement)) return false
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** In a dialog or a menu keys are its own: Esc closes it, by the browser. */
export const inFront = (target: EventTarget | null): boolean =>
    target instanceof Element && target.closest('dialog[open], :popover-open') !== null

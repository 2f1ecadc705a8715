import { signal } from '@preact/signals'

import { toast } from '../design'
import { t } from '../i18n'
import { path } from '../state/place'
import { ask, type Line, type Room } from '../state'
import { told } from '../app/telling'

/** The number of the line for which a reaction is being picked; 0: none. */
export const picking = signal(0)
/** The line that is to be erased, once its author says so again. */
export const erasing = signal<{ room: Room; line: Line } | null>(null)

export function redact(room: Room, line: Line): void {
    erasing.value = { room, line }
}

export function pin(room: Room, line: Line): void {
    told(ask('pin', { room: room.name.value, seq: line.seq, ...(line.pinned ? { on: false } : {}) }))
}

export function copyLink(room: Room, line: Line): void {
    copy(location.origin + path(room.name.value, line.seq), t('line.link.copied'))
}

export function copyText(line: Line): void {
    copy(line.text, t('line.text.copied'))
}

function copy(text: string, well: string): void {
    navigator.clipboard.writeText(text).then(
        () => toast(well, 'good'),
        () => toast(t('line.copy.refused'), 'danger'),
    )
}

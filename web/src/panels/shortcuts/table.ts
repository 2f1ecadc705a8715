/** Every shortcut, in the order of the sheet. */

import type { Key } from '../../i18n'
import { aside, current, go, rooms } from '../../state'
import { openDialog, toggleAside } from '../open'
import type { Shortcut } from './keys'

/** Groups of shortcuts under their headings. */
export const SHORTCUTS: readonly (readonly [Key, readonly Shortcut[]])[] = [
    [
        'keys.going',
        [
            { keys: 'Mod+K', says: 'keys.switcher', run: () => openDialog('switcher'), always: true },
            { keys: 'Alt+ArrowUp', says: 'keys.room_up', run: () => step(-1), always: true },
            { keys: 'Alt+ArrowDown', says: 'keys.room_down', run: () => step(1), always: true },
            { keys: 'Alt+Shift+ArrowDown', says: 'keys.unread', run: () => nextUnread(), always: true },
            { keys: 'Alt+Shift+ArrowUp', says: 'keys.move_room' },
            { keys: 'Escape', says: 'keys.escape', run: () => (aside.value = null) },
        ],
    ],
    [
        'keys.showing',
        [
            { keys: 'Mod+Alt+D', says: 'keys.details', run: () => toggleAside('details'), always: true },
            { keys: 'Mod+Alt+F', says: 'keys.search', run: () => toggleAside('search'), always: true },
            { keys: 'Mod+Alt+B', says: 'keys.bots', run: () => toggleAside('bots'), always: true },
            { keys: 'Mod+Alt+I', says: 'keys.inspector', run: () => toggleAside('inspector'), always: true },
            { keys: '?', says: 'keys.sheet', run: () => openDialog('shortcuts') },
        ],
    ],
    [
        'keys.writing',
        [
            { keys: 'Enter', says: 'keys.send' },
            { keys: 'Shift+Enter', says: 'keys.line' },
            { keys: 'ArrowUp', says: 'keys.edit_last' },
            { keys: 'Tab', says: 'keys.complete' },
            { keys: '@', says: 'keys.mention' },
            { keys: '/', says: 'keys.command' },
            { keys: ':', says: 'keys.emoji' },
            { keys: 'Mod+Alt+V', says: 'keys.talk' },
            { keys: 'Escape', says: 'keys.to_lines' },
        ],
    ],
    [
        'keys.on_line',
        [
            { keys: 'ArrowUp', says: 'keys.lines' },
            { keys: 'R', says: 'actions.reply' },
            { keys: 'T', says: 'actions.thread' },
            { keys: '+', says: 'actions.react' },
            { keys: 'E', says: 'actions.edit' },
            { keys: 'W', says: 'actions.why' },
            { keys: 'L', says: 'actions.link' },
            { keys: 'Delete', says: 'actions.redact' },
            { keys: 'End', says: 'timeline.newest' },
        ],
    ],
]

/** The rooms in the order in which they are shown: whoever lists them sets it. */
export const order: { rooms: () => readonly string[] } = {
    rooms: () => rooms.value.map((room) => room.name.value),
}

function step(by: number): void {
    const names = order.rooms()
    const at = names.indexOf(current.value?.name.value ?? '')
    const next = names[(at + by + names.length) % names.length]
    if (next) go(next)
}

function nextUnread(): void {
    const waiting = rooms.value.filter((room) => room !== current.value && room.unread.value > 0)
    const loud = waiting.find((room) => room.mentions.value > 0) ?? waiting[0]
    if (loud) go(loud.name.value)
}

/** Which dialog is open. What stands beside the timeline is `aside`, of the state. */

import { signal } from '@preact/signals'

import { aside, type Aside } from '../state'

/** The dialogs, and what each is about. */
export interface Dialogs {
    switcher: object
    shortcuts: object
    settings: { tab?: 'profile' | 'account' | 'devices' | 'appearance' | 'notifications' }
    register: object
    admin: object
    room: object
    duet: { bots?: readonly string[] }
    bot: { nick?: string }
}

export type DialogName = keyof Dialogs
export type Opened = { [N in DialogName]: { name: N; about: Dialogs[N] } }[DialogName]

export const dialog = signal<Opened | null>(null)

/** Open a dialog in place of the one that is open. */
export function openDialog<N extends DialogName>(name: N, about: Dialogs[N] = {} as Dialogs[N]): void {
    dialog.value = { name, about } as Opened
}

export function closeDialog(): void {
    dialog.value = null
}

/** Open a panel beside the timeline, or close it if it is the one that is open. */
export function toggleAside(name: string, more: Omit<Aside, 'name'> = {}): void {
    const same = aside.value?.name === name && aside.value.seq === more.seq && aside.value.who === more.who
    aside.value = same ? null : { name, ...more }
}

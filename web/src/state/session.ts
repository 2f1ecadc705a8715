import { computed, signal } from '@preact/signals'

import type { Phase } from '../net/connection'
import type { Me, Welcome } from '../protocol/types'

/** How the connection is. */
export const phase = signal<Phase>({ name: 'off' })
export const online = computed(() => phase.value.name === 'online')

/** Who one is; null before the first login. */
export const me = signal<Me | null>(null)
/** The account owns the server. */
export const owner = signal(false)
/** This device's id; empty for a guest. */
export const device = signal('')
/** What the server said of itself; null before the first greeting. */
export const server = signal<Welcome | null>(null)

/** The history that this page's cursors belong to; empty before the first greeting. */
export const epoch = signal('')

/** Requests wait, as the server asked, until this time (ms since 1970); 0: they do not. */
export const limitedUntil = signal(0)
/** Lines of others that came while the connection was gone, told once it is back; null: nothing to tell. */
export const missed = signal<number | null>(null)
/** The server's history was replaced: what was read before is not there any more. */
export const replaced = signal(false)

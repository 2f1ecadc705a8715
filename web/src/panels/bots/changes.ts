/** Moves when somebody here has changed a bot: no event tells of it. */

import { signal } from '@preact/signals'

export const changes = signal(0)

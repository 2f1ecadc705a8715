/** Listening for the keys of the table. */

import { dialog } from '../open'
import { inFront, pressed, takesLetters } from './keys'
import { SHORTCUTS } from './table'

/** Begin, once. The answer stops it. */
export function startKeys(): () => void {
    document.addEventListener('keydown', pressedKey)
    return () => document.removeEventListener('keydown', pressedKey)
}

function pressedKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || dialog.value || inFront(event.target)) return
    const keys = pressed(event)
    const found = SHORTCUTS.flatMap(([, group]) => group).find((one) => one.run && one.keys === keys)
    if (!found?.run || (!found.always && takesLetters(event.target))) return
    event.preventDefault()
    found.run()
}

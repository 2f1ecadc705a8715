/** Previews that the reader does not want to see, on this device. */

import { signal } from '@preact/signals'

const KEPT = 'roomful.hidden_previews'
const MOST = 200

export const hidden = signal<ReadonlySet<string>>(read())

function read(): ReadonlySet<string> {
    try {
        const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]')
        return new Set(Array.isArray(found) ? found.map(String) : [])
    } catch {
        return new Set() // somebody else wrote there
    }
}

/** Show it no more. Of those hidden longest ago some may come back. */
export function hide(preview: string): void {
    const all = [...hidden.value, preview].slice(-MOST)
    hidden.value = new Set(all)
    localStorage.setItem(KEPT, JSON.stringify(all))
}

/** Where a password is typed: one's own, or one to be. */

import type { Signal } from '@preact/signals'

import { TextField } from '../../design'

interface PasswordFieldProps {
    label: string
    value: Signal<string>
    /** It is to be the password, and a browser may suggest one; else it is the one that there is. */
    fresh?: boolean
    autofocus?: boolean
}

export function PasswordField({ label, value, fresh = false, autofocus = false }: PasswordFieldProps) {
    return (
        <TextField
            label={label}
            type="password"
            autocomplete={fresh ? 'new-password' : 'current-password'}
            value={value.value}
            onValue={(typed) => (value.value = typed)}
            required
            autofocus={autofocus}
        />
    )
}

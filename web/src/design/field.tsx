/** What is filled in: a label above, a word of help or what is wrong below, and the ties that screen readers need. */

import type { ComponentChildren, InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'

interface Labelled {
    label: string
    help?: ComponentChildren
    /** What is wrong with it, and what would be right. */
    error?: string | undefined
    /** The label is for screen readers only. */
    bare?: boolean
}

interface Tied extends Labelled {
    children: (ties: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ComponentChildren
}

/** Label, control, and what belongs below. The control takes what it is given here. */
export function Field({ label, help, error, bare, children }: Tied) {
    const id = useId()
    const below = error || help ? `${id}-below` : undefined
    return (
        <div class="field">
            <label for={id} class={bare ? 'unseen' : 'field-label'}>
                {label}
            </label>
            {children({
                id,
                ...(below && { 'aria-describedby': below }),
                ...(error && { 'aria-invalid': true as const }),
            })}
            {below && (
                <p id={below} class={error ? 'field-error' : 'field-help'}>
                    {error || help}
                </p>
            )}
        </div>
    )
}

interface TextFieldProps extends Labelled {
    value: string
    onValue: (value: string) => void
    type?: 'text' | 'password' | 'search' | 'number' | 'date' | 'url'
    placeholder?: string
    /** What the browser may fill in: `username`, `current-password`, `new-password`, `off`. */
    autocomplete?: string
    maxLength?: number
    min?: number | string
    max?: number | string
    required?: boolean
    autofocus?: boolean
    /** Names are not spelled as words are. */
    plain?: boolean
    readOnly?: boolean
    onKeyDown?: (event: KeyboardEvent) => void
}

/** One line of text. */
export function TextField({ label, help, error, bare, value, onValue, plain, type = 'text', ...rest }: TextFieldProps) {
    const spelling = plain ? { spellcheck: false, autocapitalize: 'none', autocorrect: 'off' } : {}
    return (
        <Field {...{ label, help, error, bare }}>
            {(ties) => {
                const all = { ...rest, ...spelling, ...ties, type, value } as InputHTMLAttributes<HTMLInputElement>
                return <input {...all} class="input" onInput={(event) => onValue(event.currentTarget.value)} />
            }}
        </Field>
    )
}

interface AreaProps extends Labelled {
    value: string
    onValue: (value: string) => void
    rows?: number
    maxLength?: number
}

/** Several lines of text. */
export function TextArea({ label, help, error, bare, value, onValue, rows = 3, maxLength }: AreaProps) {
    return (
        <Field {...{ label, help, error, bare }}>
            {(ties) => (
                <textarea
                    {...ties}
                    class="input area"
                    rows={rows}
                    maxLength={maxLength}
                    value={value}
                    onInput={(event) => onValue(event.currentTarget.value)}
                />
            )}
        </Field>
    )
}

interface SelectProps<T extends string> extends Labelled {
    value: T
    onValue: (value: T) => void
    /** What may be chosen: values and what they are called. */
    options: readonly (readonly [T, string])[]
    disabled?: boolean
}

/** One of several. */
export function Select<T extends string>({
    label,
    help,
    error,
    bare,
    value,
    onValue,
    options,
    disabled,
}: SelectProps<T>) {
    return (
        <Field {...{ label, help, error, bare }}>
            {(ties) => (
                <select
                    {...ties}
                    class="input"
                    disabled={disabled}
                    value={value}
                    onChange={(event) => onValue(event.currentTarget.value as T)}
                >
                    {options.map(([key, name]) => (
                        <option key={key} value={key} selected={key === value}>
                            {name}
                        </option>
                    ))}
                </select>
            )}
        </Field>
    )
}

interface SwitchProps {
    label: string
    help?: string
    on: boolean
    onChange: (on: boolean) => void
    disabled?: boolean
}

/** On or off, at once. */
export function Switch({ label, help, on, onChange, disabled }: SwitchProps) {
    const id = useId()
    return (
        <div class="switch-row">
            <div>
                <label for={id} class="field-label">
                    {label}
                </label>
                {help && (
                    <p id={`${id}-below`} class="field-help">
                        {help}
                    </p>
                )}
            </div>
            <button
                type="button"
                id={id}
                role="switch"
                class="switch"
                aria-checked={on}
                aria-describedby={help && `${id}-below`}
                disabled={disabled}
                onClick={() => onChange(!on)}
            >
                <span class="switch-knob" />
            </button>
        </div>
    )
}

interface ChoiceProps<T extends string> {
    label: string
    value: T
    onValue: (value: T) => void
    options: readonly (readonly [T, ComponentChildren])[]
    /** Small buttons, and the label for screen readers only. */
    small?: boolean
}

/** One of a few that are all seen: buttons in a row, moved through with the arrow keys as radio buttons are. */
export function Choice<T extends string>({ label, value, onValue, options, small }: ChoiceProps<T>) {
    const name = useId()
    return (
        <fieldset class={small ? 'pick pick-small' : 'pick'}>
            <legend class={small ? 'unseen' : 'field-label'}>{label}</legend>
            <div class="pick-row">
                {options.map(([key, shown]) => (
                    <label key={key} class="pick-one">
                        <input
                            type="radio"
                            class="unseen"
                            name={name}
                            value={key}
                            checked={key === value}
                            onChange={() => onValue(key)}
                        />
                        <span>{shown}</span>
                    </label>
                ))}
            </div>
        </fieldset>
    )
}

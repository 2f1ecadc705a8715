/** Buttons. An icon alone has a name for screen readers, which is also its tip. */

import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'

import { Icon, type IconName } from './icons'

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'size' | 'label' | 'class' | 'className'>

interface ButtonProps extends Native {
    children: ComponentChildren
    /** `primary`: the one thing to do here; `danger`: what cannot be undone; `quiet`: no border. */
    look?: 'plain' | 'primary' | 'danger' | 'quiet'
    icon?: IconName
    small?: boolean
    /** Something is under way: the button waits, and says so. */
    busy?: boolean
    class?: string
}

/** A button with a word on it. */
export function Button({
    children,
    look = 'plain',
    icon,
    small,
    busy,
    disabled,
    type = 'button',
    ...rest
}: ButtonProps) {
    const names = ['button', `button-${look}`, small && 'button-small', rest.class].filter(Boolean).join(' ')
    return (
        <button {...rest} type={type} class={names} disabled={disabled || busy} aria-busy={busy || undefined}>
            {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={small ? 16 : 20} />}
            <span>{children}</span>
        </button>
    )
}

interface IconButtonProps extends Native {
    icon: IconName
    /** What it does: its name, and its tip. */
    label: string
    /** The keys that do the same, shown in the tip: "Ctrl+K". */
    keys?: string
    small?: boolean
    look?: 'quiet' | 'primary' | 'danger'
    /** Of a button that is on or off. */
    pressed?: boolean
    class?: string
}

/** A button with an icon on it. */
export function IconButton({
    icon,
    label,
    keys,
    small,
    look = 'quiet',
    pressed,
    type = 'button',
    ...rest
}: IconButtonProps) {
    const names = ['icon-button', `button-${look}`, small && 'icon-button-small', rest.class].filter(Boolean).join(' ')
    return (
        <button
            {...rest}
            type={type}
            class={names}
            aria-label={label}
            aria-pressed={pressed}
            data-tip={label}
            data-keys={keys}
        >
            <Icon name={icon} size={small ? 16 : 20} />
        </button>
    )
}

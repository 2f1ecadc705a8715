/** A menu behind a button: arrow keys, Home and End, the first letter, Esc; a click elsewhere closes it. */

import { Fragment, type ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

import { Icon, type IconName } from './icons'
import { IconButton } from './button'
import { placeBeside } from './placing'

export interface Item {
    label: string
    icon?: IconName
    onPick: () => void
    danger?: boolean
    disabled?: boolean
    /** Of an item that is one of several: whether it is the one. */
    checked?: boolean
    /** A line above it. */
    apart?: boolean
}

interface MenuProps {
    /** What the menu is about, for screen readers; and the tip of its button. */
    label: string
    items: readonly Item[] | (() => readonly Item[])
    icon?: IconName
    small?: boolean
    /** What opens it instead of a button with an icon. */
    children?: ComponentChildren
    class?: string
}

/** The button, and the menu that it opens. */
export function Menu({ label, items, icon = 'more', small, children, class: name }: MenuProps) {
    const id = useId()
    const list = useRef<HTMLDivElement>(null)
    const button = useRef<HTMLSpanElement>(null)

    const onToggle = (event: { newState: string }) => {
        if (event.newState !== 'open' || !list.current || !button.current) return
        placeBeside(list.current, button.current.getBoundingClientRect())
        choices(list.current)[0]?.focus()
    }
    const opens = { popovertarget: id, 'aria-haspopup': 'menu' as const }
    const shown = typeof items === 'function' ? items() : items
    return (
        <span class={name ?? 'menu-anchor'} ref={button}>
            {children ? (
                <button type="button" class="menu-button" aria-label={label} {...opens}>
                    {children}
                </button>
            ) : (
                <IconButton icon={icon} label={label} small={small} {...opens} />
            )}
            <div
                id={id}
                ref={list}
                popover="auto"
                role="menu"
                aria-label={label}
                class="menu"
                onToggle={onToggle}
                onKeyDown={walk}
            >
                {shown.map((item) => (
                    <Fragment key={item.label}>
                        {item.apart && <hr class="menu-line" />}
                        <MenuItem {...item} close={() => list.current?.hidePopover()} />
                    </Fragment>
                ))}
            </div>
        </span>
    )
}

function MenuItem({ label, icon, onPick, danger, disabled, checked, close }: Item & { close: () => void }) {
    return (
        <button
            type="button"
            role={checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={checked}
            class={`menu-item${danger ? ' menu-danger' : ''}`}
            disabled={disabled}
            tabIndex={-1}
            onClick={() => {
                close()
                onPick()
            }}
        >
            {icon ? (
                <Icon name={icon} size={16} />
            ) : (
                checked !== undefined && <span class="menu-check">{checked && <Icon name="check" size={16} />}</span>
            )}
            <span>{label}</span>
        </button>
    )
}

function choices(list: HTMLElement): HTMLButtonElement[] {
    return [...list.querySelectorAll<HTMLButtonElement>('.menu-item:not(:disabled)')]
}

function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
    const all = choices(event.currentTarget)
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const next = target(event.key, at, all)
    if (next) {
        event.preventDefault()
        event.stopPropagation()
        next.focus()
    }
}

function target(key: string, at: number, all: HTMLButtonElement[]): HTMLButtonElement | undefined {
    if (key === 'ArrowDown') return all[(at + 1) % all.length]
    if (key === 'ArrowUp') return all.at(at - 1)
    if (key === 'Home') return all[0]
    if (key === 'End') return all.at(-1)
    if (key.length !== 1) return undefined
    return [...all.slice(at + 1), ...all].find((one) => one.textContent?.toLowerCase().startsWith(key.toLowerCase()))
}

/** Small things: badges, spinners, meters, and what stands where there is nothing. */

import type { ComponentChildren } from 'preact'

import { Icon, type IconName } from './icons'

interface BadgeProps {
    children: ComponentChildren
    look?: 'plain' | 'accent' | 'good' | 'warn' | 'danger'
    title?: string
}

/** A word in a small frame: `bot`, `owner`, `local`. */
export function Badge({ children, look = 'plain', title }: BadgeProps) {
    return (
        <span class={`badge badge-${look}`} title={title}>
            {children}
        </span>
    )
}

/** A number in a pill: unread lines; `loud` when some name the reader. */
export function Count({ value, loud, label }: { value: number; loud?: boolean; label: string }) {
    if (value <= 0) return null
    return (
        <span class={`count${loud ? ' count-loud' : ''}`}>
            <span aria-hidden="true">{value > 999 ? '999+' : value}</span>
            <span class="unseen">{label}</span>
        </span>
    )
}

/** Something is under way; `label` says what. */
export function Spinner({ label }: { label: string }) {
    return (
        <span class="spinner-row" role="status">
            <span class="spinner" aria-hidden="true" />
            <span class="soft">{label}</span>
        </span>
    )
}

interface EmptyProps {
    icon?: IconName
    title: string
    children?: ComponentChildren
}

/** Nothing is here: why, and what could be done. */
export function EmptyState({ icon, title, children }: EmptyProps) {
    return (
        <div class="empty">
            {icon && <Icon name={icon} size={32} />}
            <p class="empty-title">{title}</p>
            {children && <div class="empty-more">{children}</div>}
        </div>
    )
}

interface MeterProps {
    label: string
    value: number
    most: number
    /** What is said of it: "$0.12 of $1.00". */
    text: string
}

/** How much of something is used. */
export function Meter({ label, value, most, text }: MeterProps) {
    const part = most > 0 ? Math.min(1, value / most) : 0
    const look = part >= 0.9 ? ' meter-danger' : part >= 0.75 ? ' meter-warn' : ''
    return (
        <div class="meter-row">
            <div class="flow small">
                <span class="soft">{label}</span>
                <span class="push">{text}</span>
            </div>
            <div
                class={`meter${look}`}
                role="meter"
                aria-label={label}
                aria-valuemin={0}
                aria-valuemax={most}
                aria-valuenow={value}
                aria-valuetext={text}
            >
                <div class="meter-fill" style={{ inlineSize: `${part * 100}%` }} />
            </div>
        </div>
    )
}

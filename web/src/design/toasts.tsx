/** Short notes at the lower edge, read out by screen readers, gone by themselves; what failed stays until it is closed. */

import { signal } from '@preact/signals'

import { t } from '../i18n'
import { Button, IconButton } from './button'
import { Icon } from './icons'

interface Toast {
    id: number
    text: string
    look: 'plain' | 'good' | 'danger'
    action?: { label: string; onPick: () => void }
}

const LASTS = 6000 // ms
const MOST = 3

const toasts = signal<readonly Toast[]>([])
let last = 0

/** Say something. */
export function toast(text: string, look: Toast['look'] = 'plain', action?: Toast['action']): void {
    const id = ++last
    toasts.value = [...toasts.value.filter((one) => one.text !== text), { id, text, look, action }].slice(-MOST)
    if (look !== 'danger') setTimeout(() => dismiss(id), LASTS)
}

function dismiss(id: number): void {
    toasts.value = toasts.value.filter((one) => one.id !== id)
}

/** Where they are shown: once, at the end of the page. */
export function Toasts() {
    return (
        <div class="toasts" role="status" aria-live="polite">
            {toasts.value.map(({ id, text, look, action }) => (
                <div key={id} class={`toast toast-${look}`}>
                    {look !== 'plain' && <Icon name={look === 'good' ? 'check' : 'warn'} />}
                    <span class="toast-text">{text}</span>
                    {action && (
                        <Button
                            small
                            onClick={() => {
                                dismiss(id)
                                action.onPick()
                            }}
                        >
                            {action.label}
                        </Button>
                    )}
                    <IconButton icon="close" small label={t('common.close')} onClick={() => dismiss(id)} />
                </div>
            ))}
        </div>
    )
}

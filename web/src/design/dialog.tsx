/**
 * Dialogs on the browser's own <dialog>: it traps the focus, makes the page behind inert, and gives the focus back. Esc and a
 * click beside it close it.
 */

import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

import { t } from '../i18n'
import { IconButton } from './button'

interface DialogProps {
    title: string
    onClose: () => void
    children: ComponentChildren
    /** Buttons below: the one to do last. */
    actions?: ComponentChildren
    /** `side`: a drawer at the end of the line, as high as the page; `top`: as a palette, below the upper edge. */
    place?: 'middle' | 'side' | 'top'
    size?: 'small' | 'medium' | 'large'
    /** The title is for screen readers only. */
    bare?: boolean
}

const CONTROLS = ':is(input, select, textarea, button):not(:disabled, [tabindex="-1"])'

const first = (dialog: HTMLElement | null, part: 'content' | 'actions'): HTMLElement | null =>
    dialog?.querySelector<HTMLElement>(`.dialog-${part} ${CONTROLS}`) ?? null

/** A dialog, open as long as it is rendered. What has `autofocus` gets the focus, else the first control below the title. */
export function Dialog({ title, onClose, children, actions, place = 'middle', size = 'medium', bare }: DialogProps) {
    const dialog = useRef<HTMLDialogElement>(null)
    const id = useId()
    useEffect(() => {
        const shown = dialog.current
        const before = document.activeElement
        shown?.showModal()
        if (!shown?.querySelector('[autofocus]')) (first(shown, 'content') ?? first(shown, 'actions') ?? shown)?.focus()
        return () => {
            shown?.close()
            // the dialog is out of the page by now, and the browser gives the focus back only for one that is in it
            if (before instanceof HTMLElement) before.focus({ preventScroll: true })
        }
    }, [])
    return (
        <dialog
            ref={dialog}
            tabIndex={-1}
            class={`dialog dialog-${place} dialog-${size}`}
            aria-labelledby={id}
            onCancel={(event) => {
                event.preventDefault()
                onClose()
            }}
            onMouseDown={(event) => event.target === dialog.current && onClose()}
        >
            <div class="dialog-body">
                {bare ? (
                    <h2 id={id} class="unseen">
                        {title}
                    </h2>
                ) : (
                    <header class="dialog-head">
                        <h2 id={id}>{title}</h2>
                        <IconButton icon="close" label={t('common.close')} onClick={onClose} class="push" />
                    </header>
                )}
                <div class="dialog-content scroll">{children}</div>
                {actions && <footer class="dialog-actions">{actions}</footer>}
            </div>
        </dialog>
    )
}

/** Before something is done to somebody: what will happen, and, where it cannot be undone, its name typed again. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

import { Button, Dialog, TextField } from '../../design'
import { useDoing } from '../asking'
import { Wrong } from '../parts'
import { t } from '../../i18n'

interface ConfirmProps {
    title: string
    /** What will happen. */
    what: string
    /** What the button says. */
    go: string
    danger?: boolean
    /** Has to be typed: a label, and what is right. */
    typed?: readonly [string, string]
    disabled?: boolean
    /** More to choose. */
    children?: ComponentChildren
    act: () => Promise<unknown>
    close: () => void
}

export function Confirm({ title, what, go, danger, typed, disabled, children, act, close }: ConfirmProps) {
    const said = useSignal('')
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        if (await run(act)) close()
    }
    const missing = typed !== undefined && said.value.trim().toLowerCase() !== typed[1].toLowerCase()
    const actions = (
        <>
            <Button onClick={close}>{t('common.cancel')}</Button>
            <Button
                look={danger ? 'danger' : 'primary'}
                type="submit"
                form="admin-confirm"
                busy={busy.value}
                disabled={missing || disabled}
            >
                {go}
            </Button>
        </>
    )
    return (
        <Dialog title={title} size="small" onClose={close} actions={actions}>
            <form id="admin-confirm" class="stack" onSubmit={submit}>
                <p>{what}</p>
                {error.value && <Wrong>{error.value}</Wrong>}
                {children}
                {typed && (
                    <TextField label={typed[0]} value={said.value} onValue={(v) => (said.value = v)} plain />
                )}
            </form>
        </Dialog>
    )
}

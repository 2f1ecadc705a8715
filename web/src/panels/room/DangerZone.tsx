/** Another name for a room, and its end. */

import { useSignal } from '@preact/signals'

import { Button, TextField } from '../../design'
import { t } from '../../i18n'
import { ask, type Room } from '../../state'
import { useDoing } from '../asking'
import { closeDialog } from '../open'
import { Section, Wrong } from '../parts'
import { may } from '../rights'

export function DangerZone({ room }: { room: Room }) {
    return (
        <div class="stack">
            {may(room, 'rename') && <Renaming room={room} />}
            {may(room, 'delete') && <Deleting room={room} />}
        </div>
    )
}

function Renaming({ room }: { room: Room }) {
    const name = useSignal(room.name.value)
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        const wanted = name.value.startsWith('#') ? name.value : `#${name.value}`
        if (await run(() => ask('rename', { room: room.name.value, name: wanted.trim() }))) closeDialog()
    }
    return (
        <form class="inline-form" onSubmit={submit}>
            <TextField
                label={t('room.name')}
                help={t('room.rename_help')}
                value={name.value}
                onValue={(v) => (name.value = v)}
                error={error.value}
                plain
                maxLength={64}
            />
            <Button type="submit" busy={busy.value} disabled={name.value === room.name.value}>
                {t('room.rename')}
            </Button>
        </form>
    )
}

function Deleting({ room }: { room: Room }) {
    const typed = useSignal('')
    const reason = useSignal('')
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        if (await run(() => ask('delete', { room: room.name.value, reason: reason.value.trim() }))) closeDialog()
    }
    return (
        <Section title={t('room.delete')}>
            <form class="stack" onSubmit={submit}>
                <p class="soft">{t('room.delete_what')}</p>
                {error.value && <Wrong>{error.value}</Wrong>}
                <TextField
                    label={t('sanction.reason')}
                    value={reason.value}
                    onValue={(v) => (reason.value = v)}
                    maxLength={500}
                />
                <TextField
                    label={t('room.delete_type', { room: room.name.value })}
                    value={typed.value}
                    onValue={(v) => (typed.value = v)}
                    plain
                />
                <div class="flow">
                    <Button
                        class="push"
                        look="danger"
                        type="submit"
                        icon="trash"
                        busy={busy.value}
                        disabled={typed.value !== room.name.value}
                    >
                        {t('room.delete')}
                    </Button>
                </div>
            </form>
        </Section>
    )
}

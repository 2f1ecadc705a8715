/** Let somebody enter: a private room by an invitation, a public one by its address. */

import { useSignal } from '@preact/signals'

import { Button, TextField, toast } from '../../design'
import { t } from '../../i18n'
import { ask, type Room } from '../../state'
import { useDoing } from '../asking'

export function Inviting({ room }: { room: Room }) {
    const who = useSignal('')
    const { busy, error, run } = useDoing()
    const link = new URL(`/r/${encodeURIComponent(room.name.value.replace(/^#/, ''))}`, location.href).href
    const copy = () => navigator.clipboard.writeText(link).then(() => toast(t('invite.copied'), 'good'))
    const submit = async (event: Event) => {
        event.preventDefault()
        const nick = who.value.trim().replace(/^@/, '')
        if (!nick || !(await run(() => ask('invite', { room: room.name.value, who: nick })))) return
        toast(t('invite.done', { nick }), 'good')
        who.value = ''
    }
    if (room.kind.value !== 'private') {
        return (
            <Button small icon="link" onClick={copy}>
                {t('invite.copy')}
            </Button>
        )
    }
    return (
        <form class="inline-form" onSubmit={submit}>
            <TextField
                label={t('invite.who')}
                value={who.value}
                onValue={(v) => (who.value = v)}
                error={error.value}
                plain
                maxLength={64}
            />
            <Button type="submit" busy={busy.value}>
                {t('invite.invite')}
            </Button>
        </form>
    )
}

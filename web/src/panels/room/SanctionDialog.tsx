/** Kick, ban or mute somebody: why, and for how long. It is in the room's log for all to read. */

import { useSignal } from '@preact/signals'

import { Button, Dialog, Select, TextField } from '../../design'
import { t, type Key } from '../../i18n'
import { duration } from '../../i18n/format'
import type { MemberInfo } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { useDoing } from '../asking'
import { Wrong } from '../parts'

export type Act = 'kick' | 'ban' | 'mute'

const WORDS: Readonly<Record<Act, { title: Key; what: Key; go: Key }>> = {
    kick: { title: 'kick.title', what: 'kick.what', go: 'members.kick' },
    ban: { title: 'ban.title', what: 'ban.what', go: 'members.ban' },
    mute: { title: 'mute.title', what: 'mute.what', go: 'members.mute' },
}
const SPANS = [600, 3600, 86_400, 604_800] // s

interface SanctionProps {
    room: Room
    act: Act
    member: MemberInfo
    close: () => void
}

export function SanctionDialog({ room, act, member, close }: SanctionProps) {
    const reason = useSignal('')
    const span = useSignal('')
    const { busy, error, run } = useDoing()
    const { title, what, go } = WORDS[act]
    const submit = async (event: Event) => {
        event.preventDefault()
        const fields = { room: room.name.value, who: `!${member.id}`, reason: reason.value.trim() }
        const seconds = span.value ? { seconds: Number(span.value) } : {}
        const done = await run(() => (act === 'kick' ? ask('kick', fields) : ask(act, { ...fields, ...seconds })))
        if (done) close()
    }
    const actions = (
        <>
            <Button onClick={close}>{t('common.cancel')}</Button>
            <Button look="danger" type="submit" form="sanction-form" busy={busy.value}>
                {t(go)}
            </Button>
        </>
    )
    return (
        <Dialog title={t(title, { nick: member.nick })} size="small" onClose={close} actions={actions}>
            <form id="sanction-form" class="stack" onSubmit={submit}>
                <p class="soft">{t(what)}</p>
                {error.value && <Wrong>{error.value}</Wrong>}
                {act !== 'kick' && (
                    <Select
                        label={t('sanction.span')}
                        value={span.value}
                        onValue={(value) => (span.value = value)}
                        options={[
                            ['', t('sanction.for_good')] as const,
                            ...SPANS.map((one) => [String(one), duration(one)] as const),
                        ]}
                    />
                )}
                <TextField
                    label={t('sanction.reason')}
                    help={t('sanction.reason_help')}
                    value={reason.value}
                    onValue={(v) => (reason.value = v)}
                    maxLength={500}
                    autofocus
                />
            </form>
        </Dialog>
    )
}

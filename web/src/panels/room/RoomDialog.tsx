/** A room's settings: topic for everybody, the rest for its owners. */

import { useSignal } from '@preact/signals'

import { Button, Choice, Dialog, Select, Switch, Tabs, TextArea, TextField, toast } from '../../design'
import { t } from '../../i18n'
import { duration } from '../../i18n/format'
import { ask, current, type Room } from '../../state'
import { useDoing } from '../asking'
import { closeDialog } from '../open'
import { Wrong } from '../parts'
import { may } from '../rights'
import { DangerZone } from './DangerZone'
import { Webhooks } from './Webhooks'

type View = 'general' | 'hooks' | 'danger'

export default function RoomDialog() {
    const room = current.value
    return room ? <Settings room={room} /> : null
}

function Settings({ room }: { room: Room }) {
    const view = useSignal<View>('general')
    const tabs: [View, string][] = [['general', t('room.general')]]
    if (may(room, 'set')) tabs.push(['hooks', t('room.hooks')], ['danger', t('room.danger')])
    return (
        <Dialog title={t('room.settings_of', { room: room.title })} onClose={closeDialog}>
            <Tabs label={t('room.settings')} value={view.value} onValue={(wanted) => (view.value = wanted)} tabs={tabs}>
                {view.value === 'general' && <General room={room} />}
                {view.value === 'hooks' && <Webhooks room={room} />}
                {view.value === 'danger' && <DangerZone room={room} />}
            </Tabs>
        </Dialog>
    )
}

const SLOW = [0, 5, 10, 30, 60, 300, 900] // s
const KEPT = [0, 1, 7, 30, 90, 365] // days

function General({ room }: { room: Room }) {
    const now = room.settings.value
    const topic = useSignal(room.topic.value)
    const description = useSignal(now.description ?? '')
    const kind = useSignal(room.kind.value === 'private' ? ('private' as const) : ('public' as const))
    const history = useSignal(now.history === 'joined' ? ('joined' as const) : ('all' as const))
    const slow = useSignal(String(now.slow ?? 0))
    const retention = useSignal(String(now.retention ?? 0))
    const local = useSignal(now.models === 'local')
    const archived = useSignal(now.archived ?? false)
    const { busy, error, run } = useDoing()
    const owns = may(room, 'set')
    const name = room.name.value

    const save = async (event: Event) => {
        event.preventDefault()
        const done = await run(async () => {
            if (topic.value !== room.topic.value) await ask('topic', { room: name, text: topic.value })
            const changes = {
                ...(description.value !== (now.description ?? '') && { description: description.value }),
                ...(kind.value !== room.kind.value && { kind: kind.value }),
                ...(history.value !== (now.history ?? 'all') && { history: history.value }),
                ...(Number(slow.value) !== (now.slow ?? 0) && { slow: Number(slow.value) }),
                ...(Number(retention.value) !== (now.retention ?? 0) && { retention: Number(retention.value) }),
                ...(local.value !== (now.models === 'local') && {
                    models: local.value ? ('local' as const) : ('any' as const),
                }),
                ...(archived.value !== (now.archived ?? false) && { archived: archived.value }),
            }
            if (owns && Object.keys(changes).length) await ask('set', { room: name, ...changes })
        })
        if (done) {
            toast(t('common.saved'), 'good')
            closeDialog()
        }
    }
    return (
        <form class="stack" onSubmit={save}>
            {error.value && <Wrong>{error.value}</Wrong>}
            {may(room, 'topic') && (
                <TextField
                    label={t('room.topic')}
                    value={topic.value}
                    onValue={(v) => (topic.value = v)}
                    maxLength={1000}
                />
            )}
            {owns && (
                <>
                    <TextArea
                        label={t('room.description')}
                        value={description.value}
                        onValue={(v) => (description.value = v)}
                        rows={2}
                        maxLength={1000}
                    />
                    <Choice
                        label={t('room.who')}
                        value={kind.value}
                        onValue={(v) => (kind.value = v)}
                        options={[
                            ['public', t('room.public')],
                            ['private', t('room.private')],
                        ]}
                    />
                    <div class="two">
                        <Select
                            label={t('room.slow')}
                            value={slow.value}
                            onValue={(v) => (slow.value = v)}
                            options={spans(SLOW, now.slow, duration)}
                        />
                        <Select
                            label={t('room.retention')}
                            value={retention.value}
                            onValue={(v) => (retention.value = v)}
                            options={spans(KEPT, now.retention, (days) => t('room.days', { count: days }))}
                        />
                    </div>
                    <Select
                        label={t('room.history')}
                        value={history.value}
                        onValue={(v) => (history.value = v)}
                        options={[
                            ['all', t('room.history_all')],
                            ['joined', t('room.history_joined')],
                        ]}
                    />
                    <Switch
                        label={t('room.local')}
                        help={t('room.local_help')}
                        on={local.value}
                        onChange={(v) => (local.value = v)}
                    />
                    <Switch
                        label={t('room.archive')}
                        help={t('room.archived_help')}
                        on={archived.value}
                        onChange={(v) => (archived.value = v)}
                    />
                </>
            )}
            {!owns && !may(room, 'topic') && <p class="soft">{t('room.not_yours')}</p>}
            <div class="flow form-end">
                <Button look="primary" type="submit" busy={busy.value} class="push">
                    {t('common.save')}
                </Button>
            </div>
        </form>
    )
}

/** What may be chosen: the usual values and the present one. */
function spans(usual: readonly number[], now: number | undefined, word: (value: number) => string): [string, string][] {
    const values = [...new Set([...usual, now ?? 0])].sort((a, b) => a - b)
    return values.map((value) => [String(value), value ? word(value) : t('room.none')])
}

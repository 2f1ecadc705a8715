/** A room in detail: what it is about, who is in it, what is pinned, its files, and what was done in it. */

import { useSignal } from '@preact/signals'

import { Badge, IconButton, Tabs } from '../../design'
import { t, type Key } from '../../i18n'
import { duration } from '../../i18n/format'
import { current, type Room } from '../../state'
import { openDialog } from '../open'
import { AsideFrame, Facts, NoRoom } from '../parts'
import { may } from '../rights'
import { RoomNotifications } from '../notify/RoomNotifications'
import { ActsList } from './ActsList'
import { FilesList } from './FilesList'
import { Members } from './Members'
import { PinsList } from './PinsList'

type View = 'members' | 'pins' | 'files' | 'acts'

/** `aside.value = { name: 'details' }`; with `who`, the id of a member who is looked for. */
export default function DetailsPanel({ who }: { who?: string | undefined }) {
    const room = current.value
    return room ? <Details key={room.id} room={room} who={who} /> : <NoRoom />
}

function Details({ room, who }: { room: Room; who?: string | undefined }) {
    const view = useSignal<View>('members')
    const direct = room.kind.value === 'direct'
    const tabs: [View, string][] = [
        ['members', t('details.members', { count: room.count.value })],
        ['pins', t('details.pins')],
        ['files', t('details.files')],
    ]
    if (!direct && may(room, 'see_acts')) tabs.push(['acts', t('details.acts')])
    return (
        <AsideFrame title={room.title} tools={!direct && <SettingsButton />}>
            <div class="stack">
                <About room={room} />
                <Tabs
                    label={t('details.title')}
                    value={view.value}
                    onValue={(wanted) => (view.value = wanted)}
                    tabs={tabs}
                >
                    {view.value === 'members' && <Members room={room} who={who} />}
                    {view.value === 'pins' && <PinsList room={room} />}
                    {view.value === 'files' && <FilesList room={room} />}
                    {view.value === 'acts' && <ActsList room={room} />}
                </Tabs>
            </div>
        </AsideFrame>
    )
}

function SettingsButton() {
    return <IconButton icon="settings" label={t('room.settings')} onClick={() => openDialog('room')} />
}

const KINDS: Readonly<Record<string, Key>> = {
    public: 'room.kind_public',
    private: 'room.kind_private',
    direct: 'room.kind_direct',
}

function About({ room }: { room: Room }) {
    const { description, slow, retention, archived, models, history } = room.settings.value
    const local = models === 'local'
    return (
        <div class="stack">
            <div class="flow wrap">
                <Badge>{t(KINDS[room.kind.value] ?? 'room.kind_public')}</Badge>
                {local && <Badge look="good">{t('room.local_only')}</Badge>}
                {archived && <Badge look="warn">{t('room.is_archived')}</Badge>}
            </div>
            {room.topic.value && <p>{room.topic.value}</p>}
            <Facts
                rows={[
                    Boolean(description) && [t('room.description'), description],
                    Boolean(slow) && [t('room.slow'), duration(slow ?? 0)],
                    Boolean(retention) && [t('room.retention'), t('room.days', { count: retention ?? 0 })],
                    history === 'joined' && [t('room.history'), t('room.history_joined')],
                ]}
            />
            <RoomNotifications room={room} />
        </div>
    )
}

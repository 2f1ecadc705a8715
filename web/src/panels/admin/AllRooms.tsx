/** Every room with a name, private ones too, and what their owner's owner may do: archive, name an owner, delete. */

import { useSignal } from '@preact/signals'

import { Badge, Icon, Menu, TextField, toast, type Item } from '../../design'
import { t } from '../../i18n'
import { bytes, list, relative } from '../../i18n/format'
import type { ServerRoomInfo } from '../../protocol/types'
import { ask, go, join } from '../../state'
import { attempt } from '../asking'
import { closeDialog } from '../open'
import { Confirm } from './Confirm'
import { Listed } from './Listed'
import { usePages } from './pages'

const AT_ONCE = 50

type RoomAct = 'archive' | 'give' | 'delete'

export function AllRooms() {
    const direct = useSignal<number | null>(null)
    const chosen = useSignal<readonly [RoomAct, ServerRoomInfo] | null>(null)
    const found = usePages<ServerRoomInfo>(async (last) => {
        const reply = await ask('server_rooms', { limit: AT_ONCE, ...(last && { after: last.room }) })
        direct.value = reply.direct ?? 0
        return { items: reply.rooms, more: reply.more ?? false }
    }, '')
    return (
        <div class="stack">
            <p class="small soft">{t('all_rooms.what')}</p>
            <Listed of={found} label={t('admin.rooms')} none="" keyed={(one) => one.id}>
                {(one) => <Row room={one} choose={(act) => (chosen.value = [act, one])} />}
            </Listed>
            {direct.value !== null && (
                <p class="small soft">{t('all_rooms.direct', { count: direct.value })}</p>
            )}
            {chosen.value && (
                <RoomAsked
                    act={chosen.value[0]}
                    info={chosen.value[1]}
                    changed={found.reload}
                    close={() => (chosen.value = null)}
                />
            )}
        </div>
    )
}

function Row({ room, choose }: { room: ServerRoomInfo; choose: (act: RoomAct) => void }) {
    const enter = () =>
        attempt(async () => {
            go((await join(room.room)).name.value)
            closeDialog()
        })
    const items: Item[] = [
        { label: t('admin.enter'), icon: 'hash', onPick: () => void enter() },
        {
            label: room.archived ? t('all_rooms.free') : t('all_rooms.archive'),
            icon: room.archived ? 'again' : 'lock',
            onPick: () => choose('archive'),
        },
        { label: t('all_rooms.give'), icon: 'shield', onPick: () => choose('give') },
        { label: t('room.delete'), icon: 'trash', danger: true, apart: true, onPick: () => choose('delete') },
    ]
    return (
        <div class="person">
            <Icon name={room.kind === 'private' ? 'lock' : 'hash'} />
            <div class="person-words">
                <div class="flow">
                    <span class="cut person-nick">{room.room}</span>
                    {room.kind === 'private' && <Badge>{t('all_rooms.private')}</Badge>}
                    {room.archived && <Badge look="warn">{t('room.is_archived')}</Badge>}
                    {!room.owners?.length && <Badge look="warn">{t('all_rooms.unowned')}</Badge>}
                </div>
                <div class="small soft cut">{facts(room).join(' · ')}</div>
            </div>
            <span class="push flow">
                <Menu small label={t('all_rooms.actions', { room: room.room })} items={items} />
            </span>
        </div>
    )
}

function facts(room: ServerRoomInfo): string[] {
    return [
        ...(room.owners?.length ? [t('all_rooms.owned', { nicks: list(room.owners) })] : []),
        t('all_rooms.members', { count: room.count }),
        t('all_rooms.events', { count: room.head }),
        ...(room.at ? [t('all_rooms.last', { when: relative(room.at) })] : []),
        ...(room.bytes ? [t('all_rooms.files', { size: bytes(room.bytes) })] : []),
    ]
}

interface AskedProps {
    act: RoomAct
    info: ServerRoomInfo
    changed: () => void
    close: () => void
}

/** The room is named by its id: it may have been renamed since it was listed. */
function RoomAsked({ act, info, changed, close }: AskedProps) {
    const who = useSignal('')
    const [room, named] = [`!${info.id}`, { room: info.room }]
    const done = () => {
        toast(t('common.saved'), 'good')
        changed()
    }
    if (act === 'give')
        return (
            <Confirm
                title={t('all_rooms.give_title', named)}
                what={t('all_rooms.give_what', named)}
                go={t('all_rooms.give')}
                disabled={!who.value.trim()}
                act={() => ask('role', { room, who: who.value.trim().replace(/^@/, ''), role: 'owner' }).then(done)}
                close={close}
            >
                <TextField
                    label={t('all_rooms.give_nick')}
                    value={who.value}
                    onValue={(v) => (who.value = v)}
                    maxLength={64}
                    plain
                />
            </Confirm>
        )
    if (act === 'delete')
        return (
            <Confirm
                title={t('all_rooms.delete_title', named)}
                what={t('room.delete_what')}
                go={t('room.delete')}
                danger
                typed={[t('room.delete_type', named), info.room]}
                act={() => ask('delete', { room }).then(done)}
                close={close}
            />
        )
    const archived = !info.archived
    return (
        <Confirm
            title={archived ? t('all_rooms.archive_title', named) : t('all_rooms.free_title', named)}
            what={archived ? t('all_rooms.archive_what', named) : t('all_rooms.free_what', named)}
            go={archived ? t('all_rooms.archive') : t('all_rooms.free')}
            act={() => ask('set', { room, archived }).then(done)}
            close={close}
        />
    )
}

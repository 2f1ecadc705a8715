/** What the reader wants to be told of one room. */

import { Select } from '../../design'
import { t } from '../../i18n'
import type { Room } from '../../state'
import { choices, choose, type Wanted } from './choices'

export function RoomNotifications({ room }: { room: Room }) {
    const { rooms } = choices.value
    const value = rooms[room.id] ?? ''
    const set = (wanted: Wanted | '') => {
        const { [room.id]: _, ...rest } = rooms
        choose({ rooms: wanted ? { ...rest, [room.id]: wanted } : rest })
    }
    return (
        <Select
            label={t('notify.of_room')}
            value={value}
            onValue={set}
            options={[
                ['', t('notify.usual')],
                ['all', t('notify.all')],
                ['mentions', t('notify.mentions')],
                ['none', t('notify.none')],
            ]}
        />
    )
}

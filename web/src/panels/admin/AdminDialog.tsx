/** For whoever owns the server: its health, its rooms, its bots and what they cost, and letting people in. */

import { useSignal } from '@preact/signals'

import { Badge, Button, Dialog, Tabs } from '../../design'
import { t } from '../../i18n'
import type { RoomInfo } from '../../protocol/types'
import { ask, go, join, server } from '../../state'
import { attempt, useLoaded } from '../asking'
import { WhereBadge } from '../bots/BotsPanel'
import { Spending } from '../bots/Spending'
import { closeDialog } from '../open'
import { Answer, Facts, PersonRow } from '../parts'
import { Health } from './Health'
import { People } from './People'

type View = 'health' | 'people' | 'rooms' | 'bots'

export default function AdminDialog() {
    const view = useSignal<View>('health')
    return (
        <Dialog title={t('admin.title')} size="large" onClose={closeDialog}>
            <Tabs
                label={t('admin.title')}
                value={view.value}
                onValue={(wanted) => (view.value = wanted)}
                tabs={[
                    ['health', t('admin.health')],
                    ['people', t('admin.people')],
                    ['rooms', t('admin.rooms')],
                    ['bots', t('admin.bots')],
                ]}
            >
                {view.value === 'health' && <HealthTab />}
                {view.value === 'people' && <People />}
                {view.value === 'rooms' && <Rooms />}
                {view.value === 'bots' && <Bots />}
            </Tabs>
        </Dialog>
    )
}

function HealthTab() {
    const said = server.value
    return (
        <div class="stack">
            <Health />
            {said && (
                <Facts
                    rows={[
                        [t('admin.server'), said.server],
                        said.features.length > 0 && [t('admin.features'), said.features.join(', ')],
                        [t('admin.max_text'), t('inspector.bytes', { count: said.max_text })],
                        [t('admin.max_frame'), t('inspector.bytes', { count: said.max_frame })],
                        [t('admin.in_flight'), said.max_in_flight],
                        [t('admin.epoch'), <span class="mono">{said.epoch}</span>],
                    ]}
                />
            )}
        </div>
    )
}

function Rooms() {
    const found = useLoaded(() => everyRoom(), [])
    const enter = (info: RoomInfo) =>
        attempt(async () => {
            go((await join(info.room)).name.value)
            closeDialog()
        })
    return (
        <Answer of={found}>
            {(rooms) => (
                <>
                    <p class="small soft">{t('admin.rooms_which')}</p>
                    <table class="figures">
                        <thead>
                            <tr>
                                <th scope="col">{t('admin.room')}</th>
                                <th scope="col">{t('admin.members')}</th>
                                <th scope="col">{t('admin.events')}</th>
                                <th scope="col">
                                    <span class="unseen">{t('admin.enter')}</span>
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {rooms.map((info) => (
                                <tr key={info.room}>
                                    <th scope="row">
                                        {info.peer?.nick ?? info.room}{' '}
                                        {info.archived && <Badge look="warn">{t('room.is_archived')}</Badge>}
                                    </th>
                                    <td>{info.count}</td>
                                    <td>{info.head}</td>
                                    <td>
                                        <Button small onClick={() => enter(info)}>
                                            {t('admin.enter')}
                                        </Button>
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </>
            )}
        </Answer>
    )
}

async function everyRoom(): Promise<RoomInfo[]> {
    const all: RoomInfo[] = []
    for (;;) {
        const after = all.at(-1)?.room
        const page = await ask('rooms', { limit: 500, ...(after === undefined ? {} : { after }) })
        all.push(...page.rooms)
        if (!page.more || !page.rooms.length) return all
    }
}

function Bots() {
    const found = useLoaded(() => ask('bots', {}), [])
    return (
        <div class="stack">
            <Answer of={found}>
                {({ bots }) => (
                    <ul role="list" class="people">
                        {bots.map((bot) => (
                            <li key={bot.bot}>
                                <PersonRow
                                    id={bot.bot}
                                    nick={bot.nick}
                                    kind="bot"
                                    presence={bot.online ? 'online' : 'offline'}
                                    badges={<WhereBadge bot={bot} />}
                                    below={[
                                        bot.model,
                                        ...(bot.places ?? []).map(
                                            (place) => `${place.room} ${place.mode ?? 'mention'}`,
                                        ),
                                    ].join(' · ')}
                                />
                            </li>
                        ))}
                    </ul>
                )}
            </Answer>
            <Spending room={null} />
        </div>
    )
}

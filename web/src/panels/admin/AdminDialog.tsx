/** For whoever owns the server: its accounts, its rooms, its limits, its bots and what they cost, and its health. */

import { useSignal } from '@preact/signals'

import { Dialog, Tabs } from '../../design'
import { t } from '../../i18n'
import { ask, server } from '../../state'
import { useLoaded } from '../asking'
import { WhereBadge } from '../bots/BotsPanel'
import { Spending } from '../bots/Spending'
import { closeDialog } from '../open'
import { Answer, Facts, PersonRow } from '../parts'
import { Accounts } from './Accounts'
import { AllRooms } from './AllRooms'
import { Health } from './Health'
import { Limits } from './Limits'

type View = 'accounts' | 'rooms' | 'limits' | 'bots' | 'health'

export default function AdminDialog() {
    const view = useSignal<View>('accounts')
    return (
        <Dialog title={t('admin.title')} size="large" onClose={closeDialog}>
            <Tabs
                label={t('admin.title')}
                value={view.value}
                onValue={(wanted) => (view.value = wanted)}
                tabs={[
                    ['accounts', t('admin.accounts')],
                    ['rooms', t('admin.rooms')],
                    ['limits', t('admin.limits')],
                    ['bots', t('admin.bots')],
                    ['health', t('admin.health')],
                ]}
            >
                {view.value === 'accounts' && <Accounts />}
                {view.value === 'rooms' && <AllRooms />}
                {view.value === 'limits' && <Limits />}
                {view.value === 'bots' && <Bots />}
                {view.value === 'health' && <HealthTab />}
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

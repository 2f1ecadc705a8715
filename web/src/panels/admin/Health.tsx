/** Whether the server serves, and its figures, asked for every few seconds while they are looked at. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Badge } from '../../design'
import { t, type Key } from '../../i18n'
import { bytes, number } from '../../i18n/format'
import { figures } from './figures'

const EVERY = 3000 // ms

const SHOWN: readonly (readonly [string, Key, (value: number) => string])[] = [
    ['roomful_connections', 'figures.connections', number],
    ['roomful_participants', 'figures.participants', number],
    ['roomful_rooms_loaded', 'figures.rooms', number],
    ['roomful_events_total', 'figures.events', number],
    ['roomful_batches_total', 'figures.batches', number],
    ['roomful_pending_commands', 'figures.pending', number],
    ['roomful_tail_bytes', 'figures.tail', bytes],
]

export function Health() {
    const ready = useSignal<boolean | null>(null)
    const values = useSignal<ReadonlyMap<string, number>>(new Map())
    useEffect(() => {
        const look = async () => {
            ready.value = await fetch('/readyz').then(
                (answer) => answer.ok,
                () => false,
            )
            const said = await fetch('/metrics').then(
                (answer) => (answer.ok ? answer.text() : ''),
                () => '',
            )
            values.value = figures(said)
        }
        void look()
        const timer = setInterval(() => void look(), EVERY)
        return () => clearInterval(timer)
    }, [])
    return (
        <>
            <p class="flow">
                {ready.value !== null && (
                    <Badge look={ready.value ? 'good' : 'danger'}>
                        {ready.value ? t('admin.ready') : t('admin.not_ready')}
                    </Badge>
                )}
            </p>
            <div class="tiles">
                {SHOWN.map(([name, key, shown]) => {
                    const value = values.value.get(name)
                    return value === undefined ? null : (
                        <div key={name} class="tile">
                            <div class="tile-value">{shown(value)}</div>
                            <div class="small soft">{t(key)}</div>
                        </div>
                    )
                })}
            </div>
            {ready.value && values.value.size === 0 && <p class="small soft">{t('admin.no_figures')}</p>}
        </>
    )
}

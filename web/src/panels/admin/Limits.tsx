/** The limits that hold on the server, and what is used of them: bars where that is known, figures where not. */

import { Meter } from '../../design'
import { t, type Key } from '../../i18n'
import { bytes } from '../../i18n/format'
import type { LimitInfo, LimitList } from '../../protocol/types'
import { ask } from '../../state'
import { useLoaded } from '../asking'
import { Answer, Facts, Section } from '../parts'
import { amount, grouped, LABELS } from './allowances'

const TITLES: Readonly<Record<string, Key>> = {
    limits: 'limits.connections',
    files: 'limits.files',
    store: 'limits.store',
    webhooks: 'limits.webhooks',
    budget: 'limits.budget',
    fixed: 'limits.fixed',
}

export function Limits() {
    const found = useLoaded(() => ask('limits', {}), [])
    return (
        <Answer of={found}>
            {(told) => (
                <div class="stack">
                    <p class="small soft">{t('limits.where')}</p>
                    <Storage told={told} />
                    {grouped(told.limits).map(([table, limits]) => (
                        <Section key={table} title={titled(table)}>
                            <Limited limits={limits} />
                        </Section>
                    ))}
                </div>
            )}
        </Answer>
    )
}

const titled = (table: string): string => {
    const key = TITLES[table]
    return key ? t(key) : table
}

function Storage({ told }: { told: LimitList }) {
    return (
        <Section title={t('limits.storage')}>
            <Facts
                rows={[
                    Boolean(told.database) && [t('limits.database'), bytes(told.database ?? 0)],
                    [t('limits.uploaded'), bytes(told.files ?? 0)],
                    Boolean(told.free) && [t('limits.free'), bytes(told.free ?? 0)],
                ]}
            />
        </Section>
    )
}

/** Those of which it is known what is used, as bars; then the others. Tokens only where they are limited, beside money. */
function Limited({ limits }: { limits: readonly LimitInfo[] }) {
    const held = limits.filter((one) => !(one.lifted && one.unit === 'tokens'))
    const known = held.filter(isUsed)
    const others = held.filter((one) => !isUsed(one))
    return (
        <>
            {known.map((one) => (
                <Meter key={one.name} label={called(one)} value={one.used ?? 0} most={one.value} text={said(one)} />
            ))}
            <dl class="limits">
                {others.map((one) => (
                    <div key={one.name} class="flow small">
                        <dt class="soft">{called(one)}</dt>
                        <dd class="push">{said(one)}</dd>
                    </div>
                ))}
            </dl>
        </>
    )
}

const isUsed = (one: LimitInfo): boolean => !one.lifted && typeof one.used === 'number'

function called(one: LimitInfo): string {
    const key = LABELS[one.name]
    return key ? t(key) : (one.about ?? one.name)
}

function said(one: LimitInfo): string {
    const value = one.lifted ? t('limits.lifted') : amount(one.value, one.unit)
    if (typeof one.used !== 'number') return value
    const used = amount(one.used, one.unit)
    return one.lifted ? `${used} · ${value}` : t('limits.of', { used, value })
}

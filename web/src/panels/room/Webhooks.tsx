/** Webhooks of a room: secret addresses by which programs post, and addresses that are told of what happens. */

import { useSignal } from '@preact/signals'

import { Badge, Button, Choice, EmptyState, Menu, TextField } from '../../design'
import { t, type Key } from '../../i18n'
import { relative } from '../../i18n/format'
import type { WebhookInfo, WebhookMade } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { attempt, useDoing, useLoaded } from '../asking'
import { Answer, Section } from '../parts'
import { Secret } from '../Secret'

export function Webhooks({ room }: { room: Room }) {
    const name = room.name.value
    const found = useLoaded(() => ask('webhooks', { room: name }), [name])
    const made = useSignal<WebhookMade | null>(null)
    const show = (fresh: WebhookMade) => {
        made.value = fresh
        found.reload()
    }
    return (
        <div class="stack">
            {made.value && <Made made={made.value} />}
            <Answer of={found}>
                {({ webhooks }) =>
                    webhooks.length === 0 ? (
                        <EmptyState icon="link" title={t('hooks.none')}>
                            {t('hooks.what')}
                        </EmptyState>
                    ) : (
                        <ul role="list" class="people">
                            {webhooks.map((one) => (
                                <li key={one.webhook}>
                                    <Hook room={room} hook={one} changed={found.reload} made={show} />
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Answer>
            <Adding room={room} made={show} />
        </div>
    )
}

function Made({ made }: { made: WebhookMade }) {
    if (!made.secret) return null
    const address = made.address ? new URL(made.address + made.secret, location.href).href : made.secret
    return <Secret label={made.address ? t('hooks.address') : t('hooks.secret')} value={address} />
}

const STATES: Readonly<Record<string, Key>> = { on: 'hooks.on', failing: 'hooks.failing', off: 'hooks.off' }

interface HookProps {
    room: Room
    hook: WebhookInfo
    changed: () => void
    made: (fresh: WebhookMade) => void
}

function Hook({ room, hook, changed, made }: HookProps) {
    const fields = { room: room.name.value, webhook: hook.webhook }
    const state = hook.state ?? 'on'
    const renew = () => attempt(async () => made(await ask('webhook_set', { ...fields, renew: true })))
    const turn = (on: boolean) => attempt(() => ask('webhook_set', { ...fields, on })).then(changed)
    const drop = () => attempt(() => ask('webhook_drop', fields)).then(changed)
    return (
        <div class="person">
            <div class="person-words">
                <div class="flow">
                    <strong class="cut">{hook.way === 'in' ? hook.name : hook.url}</strong>
                    <Badge>{t(hook.way === 'in' ? 'hooks.in' : 'hooks.out')}</Badge>
                    {hook.way === 'out' && (
                        <Badge look={state === 'on' ? 'good' : 'warn'}>{t(STATES[state] ?? 'hooks.off')}</Badge>
                    )}
                </div>
                <div class="small soft">
                    {t('hooks.by', { by: hook.by.nick, when: relative(hook.created) })}
                    {hook.reason && ` · ${hook.reason}`}
                    {hook.behind ? ` · ${t('hooks.behind', { count: hook.behind })}` : ''}
                </div>
            </div>
            <span class="push">
                <Menu
                    small
                    label={t('hooks.more')}
                    items={[
                        { label: t('hooks.renew'), icon: 'again', onPick: renew },
                        ...(hook.way === 'out'
                            ? [
                                  {
                                      label: t(state === 'off' ? 'hooks.turn_on' : 'hooks.turn_off'),
                                      onPick: () => turn(state === 'off'),
                                  },
                              ]
                            : []),
                        { label: t('hooks.remove'), icon: 'trash', danger: true, apart: true, onPick: drop },
                    ]}
                />
            </span>
        </div>
    )
}

function Adding({ room, made }: { room: Room; made: (fresh: WebhookMade) => void }) {
    const way = useSignal<'in' | 'out'>('in')
    const text = useSignal('')
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        const name = room.name.value
        const wanted = text.value.trim()
        const done = await run(async () =>
            made(
                await (way.value === 'in'
                    ? ask('webhook_in', { room: name, name: wanted })
                    : ask('webhook_out', { room: name, url: wanted })),
            ),
        )
        if (done) text.value = ''
    }
    return (
        <Section title={t('hooks.add')}>
            <form class="stack" onSubmit={submit}>
                <Choice
                    label={t('hooks.way')}
                    value={way.value}
                    onValue={(v) => (way.value = v)}
                    options={[
                        ['in', t('hooks.way_in')],
                        ['out', t('hooks.way_out')],
                    ]}
                />
                <div class="inline-form">
                    <TextField
                        label={way.value === 'in' ? t('hooks.name') : t('hooks.url')}
                        placeholder={way.value === 'in' ? 'weather' : 'https://'}
                        value={text.value}
                        onValue={(v) => (text.value = v)}
                        error={error.value}
                        plain
                    />
                    <Button type="submit" busy={busy.value} disabled={!text.value.trim()}>
                        {t('hooks.make')}
                    </Button>
                </div>
            </form>
        </Section>
    )
}

/** Where the account is logged in, and tokens for programs. */

import { useSignal } from '@preact/signals'

import { Badge, Button, Icon, TextField } from '../../design'
import { t } from '../../i18n'
import { relative } from '../../i18n/format'
import type { DeviceInfo, TokenMade } from '../../protocol/types'
import { ask } from '../../state'
import { attempt, useDoing, useLoaded } from '../asking'
import { Answer, Section } from '../parts'
import { Secret } from '../Secret'

export function Devices() {
    const found = useLoaded(() => ask('devices', {}), [])
    return (
        <div class="stack">
            <Answer of={found}>
                {({ devices }) => (
                    <ul role="list" class="people">
                        {devices.map((one) => (
                            <li key={one.id}>
                                <Device device={one} changed={found.reload} />
                            </li>
                        ))}
                    </ul>
                )}
            </Answer>
            <Tokens changed={found.reload} />
        </div>
    )
}

function Device({ device, changed }: { device: DeviceInfo; changed: () => void }) {
    const revoke = () => attempt(() => ask('revoke', { device: device.id })).then(changed)
    return (
        <div class="person">
            <Icon name="device" />
            <div class="person-words">
                <div class="flow">
                    <span class="cut">{device.name || device.id}</span>
                    {device.this && <Badge look="accent">{t('devices.this')}</Badge>}
                    {device.online && !device.this && <Badge look="good">{t('devices.online')}</Badge>}
                </div>
                <div class="small soft cut">
                    {t('devices.seen', { when: relative(device.seen) })}
                    {device.address && ` · ${device.address}`}
                </div>
            </div>
            {!device.this && (
                <Button small class="push" onClick={revoke}>
                    {t('devices.log_out')}
                </Button>
            )}
        </div>
    )
}

function Tokens({ changed }: { changed: () => void }) {
    const name = useSignal('')
    const made = useSignal<TokenMade | null>(null)
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        const done = await run(async () => (made.value = await ask('token', { name: name.value.trim() })))
        if (!done) return
        name.value = ''
        changed()
    }
    return (
        <Section title={t('tokens.title')}>
            <p class="soft">{t('tokens.what')}</p>
            {made.value && <Secret label={t('tokens.token')} value={made.value.token} />}
            <form class="inline-form" onSubmit={submit}>
                <TextField
                    label={t('tokens.name')}
                    placeholder={t('tokens.example')}
                    value={name.value}
                    onValue={(v) => (name.value = v)}
                    error={error.value}
                    maxLength={100}
                />
                <Button type="submit" busy={busy.value} disabled={!name.value.trim()}>
                    {t('tokens.make')}
                </Button>
            </form>
        </Section>
    )
}

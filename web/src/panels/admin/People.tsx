/** Letting people in, and finding out who somebody is, guests too. */

import { useSignal } from '@preact/signals'

import { Button, TextField } from '../../design'
import { t } from '../../i18n'
import { moment, relative } from '../../i18n/format'
import type { CodeMade, Person } from '../../protocol/types'
import { ask } from '../../state'
import { useDoing } from '../asking'
import { Facts, PersonRow, Section, Wrong } from '../parts'
import { Secret } from '../Secret'

export function People() {
    return (
        <>
            <Codes />
            <Looking />
        </>
    )
}

function Codes() {
    const uses = useSignal('1')
    const days = useSignal('7')
    const made = useSignal<CodeMade | null>(null)
    const { busy, error, run } = useDoing()
    const submit = (event: Event) => {
        event.preventDefault()
        void run(async () => (made.value = await ask('code', { uses: Number(uses.value), days: Number(days.value) })))
    }
    return (
        <Section title={t('codes.title')}>
            <p class="soft">{t('codes.what')}</p>
            {error.value && <Wrong>{error.value}</Wrong>}
            {made.value && (
                <Secret label={t('codes.until', { until: moment(made.value.until) })} value={made.value.code} />
            )}
            <form class="inline-form" onSubmit={submit}>
                <TextField
                    label={t('codes.uses')}
                    type="number"
                    min={1}
                    max={1000}
                    value={uses.value}
                    onValue={(v) => (uses.value = v)}
                />
                <TextField
                    label={t('codes.days')}
                    type="number"
                    min={1}
                    max={365}
                    value={days.value}
                    onValue={(v) => (days.value = v)}
                />
                <Button type="submit" busy={busy.value}>
                    {t('codes.make')}
                </Button>
            </form>
        </Section>
    )
}

function Looking() {
    const nick = useSignal('')
    const found = useSignal<Person | null>(null)
    const { busy, error, run } = useDoing()
    const submit = (event: Event) => {
        event.preventDefault()
        void run(async () => (found.value = await ask('whois', { who: nick.value.trim().replace(/^@/, '') })))
    }
    const person = found.value
    return (
        <Section title={t('whois.title')}>
            <form class="inline-form" onSubmit={submit}>
                <TextField
                    label={t('whois.nick')}
                    value={nick.value}
                    onValue={(v) => (nick.value = v)}
                    error={error.value}
                    plain
                />
                <Button type="submit" icon="search" busy={busy.value} disabled={!nick.value.trim()}>
                    {t('whois.look')}
                </Button>
            </form>
            {person && (
                <>
                    <PersonRow
                        id={person.id}
                        nick={person.nick}
                        kind={person.kind}
                        presence={person.online ? (person.state ?? 'online') : 'offline'}
                        below={person.text}
                    />
                    <Facts
                        rows={[
                            Boolean(person.account) && [t('whois.account'), person.account],
                            ['ID', <span class="mono">{person.id}</span>],
                            Boolean(person.seen) && !person.online && [t('whois.seen'), relative(person.seen ?? '')],
                            Boolean(person.rooms?.length) && [t('whois.rooms'), person.rooms?.join(' ')],
                        ]}
                    />
                </>
            )}
        </Section>
    )
}

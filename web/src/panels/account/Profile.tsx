/** Nick and status: what others see of one. */

import { signal, useSignal } from '@preact/signals'

import { Avatar, Badge, Button, Choice, TextField, toast } from '../../design'
import { t } from '../../i18n'
import { ask, me, owner } from '../../state'
import { useDoing } from '../asking'

type State = 'online' | 'away'

/** What was said last: it lasts as long as the connection. */
const status = signal<{ state: State; text: string }>({ state: 'online', text: '' })

export function Profile() {
    const self = me.value
    if (!self) return null
    return (
        <div class="stack">
            <div class="flow">
                <Avatar id={self.id} nick={self.nick} kind={self.kind} size="large" />
                <div>
                    <div class="flow">
                        <strong>{self.nick}</strong>
                        {!self.account && <Badge>{t('kind.guest')}</Badge>}
                        {owner.value && <Badge look="accent">{t('profile.owner')}</Badge>}
                    </div>
                    <p class="small soft mono">{self.id}</p>
                </div>
            </div>
            <NickForm nick={self.nick} />
            <StatusForm />
        </div>
    )
}

function NickForm({ nick }: { nick: string }) {
    const wanted = useSignal(nick)
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        const done = await run(async () => {
            const answer = await ask('nick', { nick: wanted.value.trim() })
            wanted.value = answer.nick
            if (me.value) me.value = { ...me.value, nick: answer.nick }
        })
        if (done) toast(t('profile.nick_is', { nick: wanted.value }), 'good')
    }
    return (
        <form class="inline-form" onSubmit={submit}>
            <TextField
                label={t('profile.nick')}
                help={t('profile.nick_help')}
                value={wanted.value}
                onValue={(v) => (wanted.value = v)}
                error={error.value}
                plain
                maxLength={32}
            />
            <Button type="submit" busy={busy.value} disabled={!wanted.value.trim() || wanted.value === nick}>
                {t('profile.change')}
            </Button>
        </form>
    )
}

function StatusForm() {
    const text = useSignal(status.value.text)
    const { busy, error, run } = useDoing()
    const say = (state: State) =>
        run(() => ask('presence', { state, text: text.value.trim() })).then(
            (done) => done && (status.value = { state, text: text.value.trim() }),
        )
    return (
        <form
            class="stack"
            onSubmit={(event) => {
                event.preventDefault()
                void say(status.value.state)
            }}
        >
            <Choice
                label={t('profile.status')}
                value={status.value.state}
                onValue={(state) => void say(state)}
                options={[
                    ['online', t('profile.online')],
                    ['away', t('profile.away')],
                ]}
            />
            <div class="inline-form">
                <TextField
                    label={t('profile.text')}
                    placeholder={t('profile.text_example')}
                    value={text.value}
                    onValue={(v) => (text.value = v)}
                    error={error.value}
                    maxLength={100}
                />
                <Button type="submit" busy={busy.value} disabled={text.value.trim() === status.value.text}>
                    {t('profile.change')}
                </Button>
            </div>
        </form>
    )
}

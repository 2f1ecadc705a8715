import { useSignal } from '@preact/signals'

import { Button, TextField } from '../design'
import { t } from '../i18n'
import { Refused } from '../state'
import { Mark } from '../rooms/list'
import { brought, logIn, register } from './door'

type Way = 'guest' | 'login' | 'register'

const GO = { guest: 'entry.guest.go', login: 'entry.login.go', register: 'entry.register.go' } as const
const INSTEAD = {
    guest: 'entry.guest.instead',
    login: 'entry.login.instead',
    register: 'entry.register.instead',
} as const

/** Who comes in: a guest by a nick, in one field; or an account. */
export function Entry() {
    const way = useSignal<Way>(brought.value.owner ? 'register' : 'guest')
    const fields = {
        nick: useSignal(''),
        password: useSignal(''),
        code: useSignal(brought.value.code || brought.value.owner),
    }
    const wrong = useSignal<Refused | null>(null)
    const busy = useSignal(false)
    const owning = way.value === 'register' && brought.value.owner !== ''
    const needsCode = way.value === 'register' || ['code_required', 'bad_code'].includes(wrong.value?.code ?? '')

    const submit = async (event: Event) => {
        event.preventDefault()
        busy.value = true
        wrong.value = null
        try {
            await come(way.value, fields.nick.value.trim(), fields.password.value, fields.code.value.trim())
        } catch (why) {
            if (!(why instanceof Refused)) throw why
            wrong.value = why
        } finally {
            busy.value = false
        }
    }
    const turn = (to: Way) => () => {
        way.value = to
        wrong.value = null
    }
    return (
        <main class="entry-page scroll">
            <form class="entry-card" onSubmit={(event) => void submit(event)}>
                <div class="entry-sign">
                    <Mark />
                    <h1>{t('entry.title')}</h1>
                    <p class="soft">{t(owning ? 'entry.owner.words' : 'entry.words')}</p>
                </div>
                <TextField
                    label={t(way.value === 'guest' ? 'entry.nick' : 'entry.account')}
                    value={fields.nick.value}
                    onValue={(value) => (fields.nick.value = value)}
                    error={errorAt(wrong.value, way.value)}
                    autocomplete={way.value === 'guest' ? 'nickname' : 'username'}
                    maxLength={64}
                    required
                    autofocus
                    plain
                />
                {way.value !== 'guest' && (
                    <TextField
                        label={t('entry.password')}
                        type="password"
                        value={fields.password.value}
                        onValue={(value) => (fields.password.value = value)}
                        autocomplete={way.value === 'login' ? 'current-password' : 'new-password'}
                        required
                    />
                )}
                {needsCode && (
                    <TextField
                        label={t(owning ? 'entry.owner.code' : way.value === 'register' ? 'entry.invite' : 'entry.code')}
                        value={fields.code.value}
                        onValue={(value) => (fields.code.value = value)}
                        help={t(
                            owning
                                ? 'entry.owner.help'
                                : way.value === 'register'
                                  ? 'entry.invite.help'
                                  : 'entry.code.help',
                        )}
                        autocomplete="one-time-code"
                        plain
                    />
                )}
                <Button look="primary" type="submit" busy={busy.value}>
                    {t(GO[way.value])}
                </Button>
                <Ways way={way.value} turn={turn} />
            </form>
        </main>
    )
}

function errorAt(wrong: Refused | null, way: Way): string | undefined {
    if (!wrong) return undefined
    return wrong.code === 'code_required' && way === 'guest' ? t('entry.code.wanted') : wrong.message
}

function come(way: Way, nick: string, password: string, code: string): Promise<void> {
    if (way === 'guest') return logIn(code ? { nick, code } : { nick })
    if (way === 'login') return logIn({ account: nick, password, remember: true })
    return register(nick, password, code)
}

function Ways({ way, turn }: { way: Way; turn: (to: Way) => () => void }) {
    const others = (['guest', 'login', 'register'] as const).filter((one) => one !== way)
    return (
        <p class="entry-ways">
            {others.map((one) => (
                <button key={one} type="button" class="link-button" onClick={turn(one)}>
                    {t(INSTEAD[one])}
                </button>
            ))}
        </p>
    )
}

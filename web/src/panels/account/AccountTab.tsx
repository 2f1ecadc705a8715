/** One's account: made of a guest, its password, its end. */

import { useSignal } from '@preact/signals'

import { Badge, Button, Switch, toast } from '../../design'
import { t } from '../../i18n'
import { logOut } from '../../entry/door'
import { ask, me } from '../../state'
import { useDoing } from '../asking'
import { closeDialog, openDialog } from '../open'
import { Section, Wrong } from '../parts'
import { PasswordField } from './PasswordField'

export function AccountTab() {
    const account = me.value?.account
    if (!account) return <NoAccount />
    return (
        <div class="stack">
            <div class="flow wrap">
                <span>
                    {t('account.logged_in')} <strong>{account}</strong>
                </span>
                <LogOut />
            </div>
            <Password />
            <Deleting />
        </div>
    )
}

function NoAccount() {
    return (
        <div class="stack">
            <p class="flow">
                <Badge>{t('kind.guest')}</Badge> <span>{t('account.guest')}</span>
            </p>
            <p class="soft">{t('account.why')}</p>
            <div class="flow wrap">
                <Button look="primary" icon="key" onClick={() => openDialog('register')}>
                    {t('account.register')}
                </Button>
                <LogOut />
            </div>
        </div>
    )
}

/** Leave this device: its cookie is gone, and the page begins anew. */
function LogOut() {
    const { busy, error, run } = useDoing()
    const out = () => run(logOut).then((done) => done && closeDialog())
    return (
        <span class="push flow">
            {error.value && <span class="field-error">{error.value}</span>}
            <Button small icon="leave" busy={busy.value} onClick={out}>
                {t('account.log_out')}
            </Button>
        </span>
    )
}

function Password() {
    const old = useSignal('')
    const fresh = useSignal('')
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        if (!(await run(() => ask('password', { password: old.value, new_password: fresh.value })))) return
        old.value = ''
        fresh.value = ''
        toast(t('account.password_changed'), 'good')
    }
    return (
        <Section title={t('account.password')}>
            <form class="stack" onSubmit={submit}>
                {error.value && <Wrong>{error.value}</Wrong>}
                <input
                    class="unseen"
                    tabIndex={-1}
                    aria-hidden="true"
                    autocomplete="username"
                    name="username"
                    value={me.value?.account ?? ''}
                    readOnly
                />
                <div class="two">
                    <PasswordField label={t('account.password_old')} value={old} />
                    <PasswordField label={t('account.password_new')} value={fresh} fresh />
                </div>
                <p class="small soft">{t('account.password_help')}</p>
                <div class="flow">
                    <Button class="push" type="submit" busy={busy.value} disabled={!old.value || !fresh.value}>
                        {t('account.password_change')}
                    </Button>
                </div>
            </form>
        </Section>
    )
}

function Deleting() {
    const password = useSignal('')
    const erase = useSignal(false)
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        if (!(await run(() => ask('unregister', { password: password.value, erase: erase.value })))) return
        await logOut()
        closeDialog()
    }
    return (
        <Section title={t('account.delete')}>
            <form class="stack" onSubmit={submit}>
                <p class="soft">{t('account.delete_what')}</p>
                {error.value && <Wrong>{error.value}</Wrong>}
                <Switch
                    label={t('account.erase')}
                    help={t('account.erase_help')}
                    on={erase.value}
                    onChange={(on) => (erase.value = on)}
                />
                <div class="inline-form">
                    <PasswordField label={t('account.password_yours')} value={password} />
                    <Button look="danger" type="submit" icon="trash" busy={busy.value} disabled={!password.value}>
                        {t('account.delete')}
                    </Button>
                </div>
            </form>
        </Section>
    )
}

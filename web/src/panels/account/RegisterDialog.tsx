/** A guest becomes an account and keeps its id, its rooms, and what it has said. */

import { useSignal } from '@preact/signals'

import { Button, Dialog, TextField, toast } from '../../design'
import { t } from '../../i18n'
import { ask, me, owner } from '../../state'
import { useDoing } from '../asking'
import { closeDialog } from '../open'
import { Wrong } from '../parts'
import { post } from './http'
import { PasswordField } from './PasswordField'

export default function RegisterDialog() {
    const name = useSignal(me.value?.nick ?? '')
    const password = useSignal('')
    const invite = useSignal('')
    const asksInvite = useSignal(false)
    const { busy, error, run } = useDoing()
    const submit = async (event: Event) => {
        event.preventDefault()
        const account = name.value.trim()
        const code = invite.value.trim() ? { invite: invite.value.trim() } : {}
        const done = await run(async () => {
            const answer = await ask('register', { account, password: password.value, remember: true, ...code })
            me.value = answer.participant
            owner.value = answer.owner ?? false
            await post('login', { token: answer.token }) // the cookie is the account's from here on
        })
        asksInvite.value ||= !done
        if (!done) return
        toast(t('register.done', { name: account }), 'good')
        closeDialog()
    }
    const actions = (
        <>
            <Button onClick={closeDialog}>{t('common.cancel')}</Button>
            <Button look="primary" type="submit" form="register-form" busy={busy.value}>
                {t('account.register')}
            </Button>
        </>
    )
    return (
        <Dialog title={t('register.title')} size="small" onClose={closeDialog} actions={actions}>
            <form id="register-form" class="stack" onSubmit={submit}>
                <p class="soft">{t('register.what')}</p>
                {error.value && <Wrong>{error.value}</Wrong>}
                <TextField
                    label={t('register.name')}
                    autocomplete="username"
                    value={name.value}
                    onValue={(v) => (name.value = v)}
                    required
                    plain
                    maxLength={32}
                />
                <PasswordField label={t('register.password')} value={password} fresh autofocus />
                {asksInvite.value && (
                    <TextField
                        label={t('register.invite')}
                        help={t('register.invite_help')}
                        value={invite.value}
                        onValue={(v) => (invite.value = v)}
                        plain
                        autocomplete="off"
                    />
                )}
            </form>
        </Dialog>
    )
}

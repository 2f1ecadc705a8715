/** What may be done with an account of somebody, and the dialog that asks before it is. */

import { useSignal } from '@preact/signals'

import { Button, Dialog, Switch, toast, type IconName } from '../../design'
import { t, type Key } from '../../i18n'
import { moment } from '../../i18n/format'
import type { AccountChanged, AccountInfo } from '../../protocol/types'
import { ask, me, owner } from '../../state'
import { closeDialog } from '../open'
import { Secret } from '../Secret'
import { Confirm } from './Confirm'

export type AccountAct = 'make' | 'unmake' | 'logout' | 'code' | 'remove'

interface Act {
    readonly act: AccountAct
    readonly label: Key
    readonly icon: IconName
    readonly danger?: boolean
    /** Whether it makes sense for this account. */
    readonly fits: (account: AccountInfo, own: boolean) => boolean
}

const person = (account: AccountInfo): boolean => account.kind === 'person'
const ours = (account: AccountInfo): boolean => account.kind !== 'service' && !account.hosted

/** In the order of the menu. The server's own programs are left alone. */
export const ACTS: readonly Act[] = [
    { act: 'make', label: 'accounts.make_owner', icon: 'shield', fits: (one) => person(one) && !one.owner },
    { act: 'unmake', label: 'accounts.unmake_owner', icon: 'shield', fits: (one) => one.owner ?? false },
    { act: 'logout', label: 'accounts.log_out', icon: 'leave', fits: (one) => ours(one) },
    { act: 'code', label: 'accounts.code', icon: 'key', fits: (one, own) => person(one) && !own },
    {
        act: 'remove',
        label: 'accounts.remove',
        icon: 'trash',
        danger: true,
        fits: (one, own) => ours(one) && !own,
    },
]

interface DialogProps {
    act: AccountAct
    account: AccountInfo
    /** The list is to be asked for anew. */
    changed: () => void
    close: () => void
}

export function AccountDialog({ act, account, changed, close }: DialogProps) {
    const name = account.account
    const done = (word: Key) => {
        toast(t(word, { name }), 'good')
        changed()
    }
    switch (act) {
        case 'make':
            return (
                <Confirm
                    title={t('accounts.make_owner_title', { name })}
                    what={t('accounts.make_owner_what', { name })}
                    go={t('accounts.make_owner')}
                    act={() => ask('account_set', { account: name, owner: true }).then(() => done('accounts.made_owner'))}
                    close={close}
                />
            )
        case 'unmake':
            return (
                <Confirm
                    title={t('accounts.unmake_owner_title', { name })}
                    what={t('accounts.unmake_owner_what', { name })}
                    go={t('accounts.unmake_owner')}
                    danger
                    act={() => ask('account_set', { account: name, owner: false }).then(() => unmade(account, done))}
                    close={close}
                />
            )
        case 'logout':
            return (
                <Confirm
                    title={t('accounts.log_out_title', { name })}
                    what={t('accounts.log_out_what', { name })}
                    go={t('accounts.log_out')}
                    act={() => ask('account_set', { account: name, logout: true }).then(() => done('accounts.logged_out'))}
                    close={close}
                />
            )
        case 'code':
            return <Code name={name} close={close} />
        case 'remove':
            return <Removing name={name} done={() => done('accounts.removed')} close={close} />
    }
}

/** Whoever gives the server away has nothing more to do here. */
function unmade(account: AccountInfo, done: (word: Key) => void): void {
    if (account.id === me.value?.id) {
        owner.value = false
        closeDialog()
    }
    done('accounts.unmade_owner')
}

function Code({ name, close }: { name: string; close: () => void }) {
    const made = useSignal<AccountChanged | null>(null)
    if (!made.value)
        return (
            <Confirm
                title={t('accounts.code_title', { name })}
                what={t('accounts.code_what', { name })}
                go={t('accounts.code_make')}
                act={async () => {
                    made.value = await ask('account_set', { account: name, code: true })
                }}
                close={() => made.value ?? close()}
            />
        )
    const { code = '', until = '' } = made.value
    const label = t('accounts.code_until', { name, until: moment(until) })
    return (
        <Dialog
            title={t('accounts.code')}
            size="small"
            onClose={close}
            actions={<Button onClick={close}>{t('common.close')}</Button>}
        >
            <Secret label={label} value={code} />
        </Dialog>
    )
}

function Removing({ name, done, close }: { name: string; done: () => void; close: () => void }) {
    const erase = useSignal(false)
    return (
        <Confirm
            title={t('accounts.remove_title', { name })}
            what={t('accounts.remove_what', { name })}
            go={t('accounts.remove')}
            danger
            typed={[t('accounts.type', { name }), name]}
            act={() => ask('account_drop', { account: name, erase: erase.value }).then(done)}
            close={close}
        >
            <Switch
                label={t('accounts.remove_erase')}
                help={t('accounts.remove_stays')}
                on={erase.value}
                onChange={(on) => (erase.value = on)}
            />
        </Confirm>
    )
}

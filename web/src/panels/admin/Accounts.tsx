/** The accounts of the server: found by name, looked at, changed, removed; and letting people in. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Badge, Menu, TextField, type Item } from '../../design'
import { t } from '../../i18n'
import { day, relative } from '../../i18n/format'
import type { AccountInfo } from '../../protocol/types'
import { ask, me } from '../../state'
import { PersonRow } from '../parts'
import { ACTS, AccountDialog, type AccountAct } from './AccountDialog'
import { Listed } from './Listed'
import { usePages } from './pages'
import { People } from './People'

const PAUSE = 250 // ms without a key, after which it is searched
const AT_ONCE = 50

export function Accounts() {
    const typed = useSignal('')
    const like = useSignal('')
    const chosen = useSignal<readonly [AccountAct, AccountInfo] | null>(null)
    useEffect(() => {
        const timer = setTimeout(() => (like.value = typed.value.trim()), PAUSE)
        return () => clearTimeout(timer)
    }, [typed.value])
    const found = usePages<AccountInfo>(async (last) => {
        const fields = { like: like.value, limit: AT_ONCE, ...(last && { after: last.account }) }
        const { accounts, more } = await ask('accounts', fields)
        return { items: accounts, more: more ?? false }
    }, like.value)
    return (
        <div class="stack">
            <TextField
                type="search"
                label={t('accounts.search')}
                value={typed.value}
                onValue={(v) => (typed.value = v)}
                maxLength={64}
                plain
            />
            <Listed
                of={found}
                label={t('admin.accounts')}
                none={t('accounts.none')}
                listed={(count) => t('accounts.listed', { count })}
                keyed={(one) => one.id}
            >
                {(one) => <Row account={one} choose={(act) => (chosen.value = [act, one])} />}
            </Listed>
            <People />
            {chosen.value && (
                <AccountDialog
                    key={chosen.value[0]}
                    act={chosen.value[0]}
                    account={chosen.value[1]}
                    changed={found.reload}
                    close={() => (chosen.value = null)}
                />
            )}
        </div>
    )
}

function Row({ account, choose }: { account: AccountInfo; choose: (act: AccountAct) => void }) {
    const items: Item[] = ACTS.filter(({ fits }) => fits(account, account.id === me.value?.id)).map(
        ({ act, label, icon, danger }) => ({
            label: t(label),
            icon,
            danger: danger ?? false,
            apart: danger ?? false,
            onPick: () => choose(act),
        }),
    )
    return (
        <PersonRow
            id={account.id}
            nick={account.account}
            kind={account.kind}
            presence={account.online ? 'online' : 'offline'}
            badges={
                <>
                    {account.owner && <Badge look="accent">{t('accounts.owner')}</Badge>}
                    {account.waiting && <Badge look="warn">{t('accounts.waiting')}</Badge>}
                    {account.disabled && <Badge look="danger">{t('accounts.disabled')}</Badge>}
                </>
            }
            below={facts(account).join(' · ')}
        >
            {items.length > 0 && <Menu small label={t('accounts.actions', { name: account.account })} items={items} />}
        </PersonRow>
    )
}

function facts(account: AccountInfo): string[] {
    const seen = account.online
        ? [t('accounts.online')]
        : account.seen
          ? [t('accounts.seen', { when: relative(account.seen) })]
          : []
    return [
        ...(account.nick !== account.account ? [t('accounts.called', { nick: account.nick })] : []),
        ...seen,
        t('accounts.devices', { count: account.devices ?? 0 }),
        t('accounts.rooms', { count: account.rooms ?? 0 }),
        t('accounts.since', { when: day(account.created) }),
    ]
}


import { Avatar, Menu, type Item } from '../design'
import { t } from '../i18n'
import { openDialog } from '../panels/open'
import { me, online, owner } from '../state'
import { logOut } from '../entry/door'

/** Who one is, and what there is to set. */
export function Me() {
    const who = me.value
    if (!who) return null
    return (
        <div class="me">
            <Avatar
                id={who.id}
                nick={who.nick}
                kind={who.kind}
                size="small"
                presence={online.value ? 'online' : 'offline'}
            />
            <span class="me-name">
                <b class="cut" dir="auto">{who.nick}</b>
                <span class="faint small">
                    {t(who.account ? (owner.value ? 'me.owner' : 'me.account') : 'me.guest')}
                </span>
            </span>
            <Menu label={t('me.menu')} icon="settings" items={items} class="push" />
        </div>
    )
}

function items(): Item[] {
    const all: Item[] = [
        { label: t('me.settings'), icon: 'settings', onPick: () => openDialog('settings') },
        { label: t('me.shortcuts'), icon: 'keyboard', onPick: () => openDialog('shortcuts') },
    ]
    if (!me.value?.account) all.unshift({ label: t('me.register'), icon: 'key', onPick: () => openDialog('register') })
    if (owner.value) all.push({ label: t('me.admin'), icon: 'shield', onPick: () => openDialog('admin') })
    all.push({ label: t('me.leave'), icon: 'leave', onPick: () => void logOut(), apart: true })
    return all
}

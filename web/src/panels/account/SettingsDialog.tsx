/** Settings: who one is, one's account and devices, how the page looks, what it tells of. */

import { useSignal } from '@preact/signals'

import { Dialog, Tabs } from '../../design'
import { t } from '../../i18n'
import { me } from '../../state'
import { NotificationSettings } from '../notify/NotificationSettings'
import { closeDialog, type Dialogs } from '../open'
import { AccountTab } from './AccountTab'
import { Appearance } from './Appearance'
import { Devices } from './Devices'
import { Profile } from './Profile'

type View = NonNullable<Dialogs['settings']['tab']>

export default function SettingsDialog({ tab = 'profile' }: Dialogs['settings']) {
    const view = useSignal<View>(tab)
    const tabs: [View, string][] = [
        ['profile', t('settings.profile')],
        ['account', t('settings.account')],
        ['appearance', t('settings.appearance')],
        ['notifications', t('settings.notifications')],
    ]
    if (me.value?.account) tabs.splice(2, 0, ['devices', t('settings.devices')])
    return (
        <Dialog title={t('settings.title')} size="large" onClose={closeDialog}>
            <Tabs
                label={t('settings.title')}
                value={view.value}
                onValue={(wanted) => (view.value = wanted)}
                tabs={tabs}
            >
                {view.value === 'profile' && <Profile />}
                {view.value === 'account' && <AccountTab />}
                {view.value === 'devices' && <Devices />}
                {view.value === 'appearance' && <Appearance />}
                {view.value === 'notifications' && <NotificationSettings />}
            </Tabs>
        </Dialog>
    )
}

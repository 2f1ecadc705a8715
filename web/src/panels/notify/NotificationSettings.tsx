/** Notifications: which, with a sound or without, and the system's, for which the browser is asked when it is switched on. */

import { useSignal } from '@preact/signals'

import { Button, Choice, Switch } from '../../design'
import { t } from '../../i18n'
import { choices, choose } from './choices'
import { chime } from './sound'
import { allowed, askPermission } from './telling'

export function NotificationSettings() {
    const { sound, system, usual } = choices.value
    const denied = useSignal(false)
    const setSystem = async (on: boolean) => {
        if (!on) choose({ system: false })
        else denied.value = (await askPermission()) !== 'granted'
    }
    return (
        <div class="stack">
            <Choice
                label={t('notify.which')}
                value={usual}
                onValue={(value) => choose({ usual: value })}
                options={[
                    ['all', t('notify.all')],
                    ['mentions', t('notify.mentions')],
                    ['none', t('notify.none')],
                ]}
            />
            <p class="small soft">{t('notify.rooms')}</p>
            <Switch label={t('notify.sound')} on={sound} onChange={(on) => choose({ sound: on })} />
            {sound && (
                <Button small icon="sound" onClick={chime}>
                    {t('notify.try')}
                </Button>
            )}
            <Switch
                label={t('notify.system')}
                help={denied.value ? t('notify.denied') : t('notify.system_help')}
                on={system && allowed()}
                onChange={(on) => void setSystem(on)}
            />
        </div>
    )
}

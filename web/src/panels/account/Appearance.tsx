/** How the page looks on this device, and its language. */

import { appearance, Choice, Icon, Select, Switch, toast } from '../../design'
import { chooseLanguage, language, LANGUAGES, t, type Language } from '../../i18n'
import { server } from '../../state'
import { chooseReading, reading } from '../../state/choices'

export function Appearance() {
    const { theme, contrast, density, size } = appearance
    const languages = Object.entries(LANGUAGES) as [Language, string][]
    const speak = (wanted: Language) => chooseLanguage(wanted).catch(() => toast(t('panel.load_failed'), 'danger'))
    return (
        <div class="stack">
            <Choice
                label={t('look.theme')}
                value={theme.value}
                onValue={(value) => (theme.value = value)}
                options={[
                    ['system', t('look.system')],
                    ['light', <Named icon="sun" name={t('look.light')} />],
                    ['dark', <Named icon="moon" name={t('look.dark')} />],
                ]}
            />
            <Choice
                label={t('look.contrast')}
                value={contrast.value}
                onValue={(value) => (contrast.value = value)}
                options={[
                    ['system', t('look.system')],
                    ['normal', t('look.normal')],
                    ['more', <Named icon="contrast" name={t('look.more')} />],
                ]}
            />
            <Choice
                label={t('look.density')}
                value={density.value}
                onValue={(value) => (density.value = value)}
                options={[
                    ['cosy', t('look.cosy')],
                    ['compact', t('look.compact')],
                ]}
            />
            <Choice
                label={t('look.size')}
                value={size.value}
                onValue={(value) => (size.value = value)}
                options={[
                    ['small', t('look.small')],
                    ['normal', t('look.normal')],
                    ['large', t('look.large')],
                    ['huge', t('look.huge')],
                ]}
            />
            <Select
                label={t('look.language')}
                value={language.value}
                onValue={(wanted) => void speak(wanted)}
                options={languages}
            />
            <Switch
                label={t('look.formulas')}
                help={t('look.formulas_help')}
                on={reading.value.formulas}
                onChange={(formulas) => chooseReading({ formulas })}
            />
            {server.value?.features.includes('previews') && (
                <Switch
                    label={t('look.previews')}
                    help={t('look.previews_help')}
                    on={reading.value.previews}
                    onChange={(previews) => chooseReading({ previews })}
                />
            )}
        </div>
    )
}

function Named({ icon, name }: { icon: 'sun' | 'moon' | 'contrast'; name: string }) {
    return (
        <>
            <Icon name={icon} size={16} /> {name}
        </>
    )
}

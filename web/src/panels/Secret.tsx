/** Something that is shown once: a token, a code, a secret address. */

import { Button, TextField, toast } from '../design'
import { t } from '../i18n'

export function Secret({ label, value }: { label: string; value: string }) {
    const copy = () => navigator.clipboard.writeText(value).then(() => toast(t('secret.copied'), 'good'))
    return (
        <div class="secret">
            <div class="inline-form">
                <TextField
                    label={label}
                    help={t('secret.once')}
                    value={value}
                    onValue={() => undefined}
                    readOnly
                    plain
                />
                <Button icon="copy" onClick={copy}>
                    {t('secret.copy')}
                </Button>
            </div>
        </div>
    )
}

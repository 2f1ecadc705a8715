/** One frame in full: what it is for, its JSON, and the bytes that would stand before it on TCP. */

import { Button, IconButton, toast } from '../../design'
import { t } from '../../i18n'
import { number } from '../../i18n/format'
import { Facts } from '../parts'
import { explained, explanations } from './explaining'
import { header, type Seen } from './frames'

export function FrameDetails({ frame, close }: { frame: Seen | null; close: () => void }) {
    if (!frame) return null
    const json = JSON.stringify(frame.value, null, 2)
    const copy = () => navigator.clipboard.writeText(json).then(() => toast(t('inspector.copied'), 'good'))
    return (
        <section class="frame-details" aria-label={t('inspector.frame', { number: frame.number })}>
            <header class="flow">
                <h3 class="mono">
                    {frame.out ? '→' : '←'} {frame.type} {frame.detail}
                </h3>
                <span class="push flow">
                    <Button small look="quiet" icon="copy" onClick={copy}>
                        {t('inspector.copy')}
                    </Button>
                    <IconButton small icon="close" label={t('common.close')} onClick={close} />
                </span>
            </header>
            <p class="small">{explained(frame, explanations())}</p>
            <pre class="frame-json scroll" tabIndex={0} aria-label="JSON">
                {json}
            </pre>
            <Facts
                rows={[
                    [t('inspector.size'), t('inspector.bytes', { count: frame.size })],
                    [
                        t('inspector.header'),
                        <span>
                            <code class="frame-header">{header(frame.size)}</code>{' '}
                            <span class="soft small">{t('inspector.header_why')}</span>
                        </span>,
                    ],
                    frame.took !== null && [t('inspector.took'), t('inspector.ms', { ms: number(frame.took) })],
                ]}
            />
        </section>
    )
}

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Button, Icon, Spinner } from '../design'
import { t } from '../i18n'
import { missed, phase, replaced, retry } from '../state'

const TOLD = 5000 // ms

/** How the connection is, where it is not simply well: one line above the timeline, which is read out. */
export function Banner() {
    return (
        <div class="banners" role="status" aria-live="polite">
            <Connection />
            <Missed />
            {replaced.value && (
                <div class="banner banner-warn">
                    <Icon name="warn" size={16} />
                    <span>{t('banner.replaced')}</span>
                    <Button small look="quiet" onClick={() => (replaced.value = false)}>
                        {t('banner.dismiss')}
                    </Button>
                </div>
            )}
        </div>
    )
}

function Connection() {
    const now = phase.value
    switch (now.name) {
        case 'connecting':
            return (
                <div class="banner">
                    <Spinner label={t('banner.connecting')} />
                </div>
            )
        case 'waiting':
            return <Waiting until={now.until} why={now.code === 'shutting_down' ? t('banner.stops') : now.why} />
        case 'ended':
            return (
                <div class="banner banner-danger">
                    <Icon name="warn" size={16} />
                    <span>{t('banner.ended', { why: now.message })}</span>
                    <Button small onClick={retry}>
                        {t('banner.again')}
                    </Button>
                </div>
            )
        default:
            return null
    }
}

function Waiting({ until, why }: { until: number; why: string }) {
    const left = useSignal(0)
    useEffect(() => {
        const count = () => (left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000)))
        count()
        const timer = setInterval(count, 250)
        return () => clearInterval(timer)
    }, [until])
    return (
        <div class="banner banner-warn">
            <Icon name="again" size={16} />
            <span>
                {why || t('banner.lost')} <span aria-hidden="true">{t('banner.countdown', { count: left.value })}</span>
            </span>
            <Button small onClick={retry}>
                {t('banner.now')}
            </Button>
        </div>
    )
}

function Missed() {
    const count = missed.value
    useEffect(() => {
        if (count === null) return undefined
        const timer = setTimeout(() => (missed.value = null), TOLD)
        return () => clearTimeout(timer)
    }, [count])
    if (count === null || phase.value.name !== 'online') return null
    return (
        <div class="banner banner-good">
            <Icon name="check" size={16} />
            <span>{count ? t('banner.back', { count }) : t('banner.back.none')}</span>
        </div>
    )
}

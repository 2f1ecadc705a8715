import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Button, Dialog, Icon, IconButton, Select } from '../design'
import { t } from '../i18n'
import { place } from './where'
import { server, type Room } from '../state'
import { choices, choose } from './choices'
import { microphones } from './microphone'
import { agree, ends, sendAgain, sendAsItIs, talk, type Talk } from './talking'

const TICK = 250 // ms

/** What becomes of what one says: how loud it is, how far it has come, what was wrong. */
export default function Talking({ room, thread }: { room: Room; thread: number }) {
    const now = talk.value
    useEffect(() => {
        const escape = (event: KeyboardEvent): void => {
            if (event.key !== 'Escape' || talk.value?.phase !== 'recording') return
            event.preventDefault()
            void ends(true)
        }
        addEventListener('keydown', escape)
        return () => removeEventListener('keydown', escape)
    }, [])
    if (now?.room !== room || now.thread !== thread) return null
    if (now.phase === 'agreeing') return <Agreeing />
    return (
        <div class="talking" role="status">
            <Icon name={now.phase === 'wrong' ? 'warn' : 'mic'} size={16} />
            {now.phase === 'recording' ? <Recording now={now} /> : <span class="grow">{how(now)}</span>}
            {now.phase === 'sending' && <progress max={1} value={now.done} aria-label={t('voice.sending')} />}
            {now.phase === 'wrong' && <Ways now={now} />}
            {(now.phase === 'recording' || now.phase === 'wrong' || now.phase === 'opening') && (
                <IconButton icon="close" small label={t('voice.give_up')} onClick={() => void ends(true)} />
            )}
        </div>
    )
}

/** What may be done with a clip of which no text was made: it is not lost. */
function Ways({ now }: { now: Talk }) {
    return (
        <>
            {now.clip && now.again && (
                <Button small onClick={() => void sendAgain()}>
                    {t('voice.again')}
                </Button>
            )}
            {now.file && (
                <Button small onClick={() => void sendAsItIs()}>
                    {t('voice.as_it_is')}
                </Button>
            )}
        </>
    )
}

function how({ phase, wrong }: Talk): string {
    if (phase === 'wrong') return wrong
    if (phase === 'heard') return t('voice.listened')
    return t(phase === 'sending' ? 'voice.sending' : 'voice.opening')
}

function Recording({ now }: { now: Talk }) {
    const seconds = useSignal(0)
    useEffect(() => {
        const timer = setInterval(() => (seconds.value = Math.floor((Date.now() - now.since) / 1000)), TICK)
        return () => clearInterval(timer)
    }, [now.since])
    return (
        <>
            <span>{t('voice.recording', { seconds: seconds.value })}</span>
            <meter class="grow" min={0} max={1} value={now.microphone?.level.value ?? 0} aria-label={t('voice.level')} />
            <Devices />
        </>
    )
}

/** Which microphone, where there are several: for the next clip. */
function Devices() {
    const found = useSignal<readonly (readonly [string, string])[]>([])
    useEffect(() => {
        void microphones().then((all) => (found.value = all))
    }, [])
    if (found.value.length < 2) return null
    return (
        <Select
            label={t('voice.microphone')}
            value={choices.value.microphone || found.value[0]![0]}
            onValue={(microphone) => choose({ microphone })}
            options={found.value.map(([id, name]) => [id, name || id] as [string, string])}
        />
    )
}

/** Before the first clip: where clips go. */
function Agreeing() {
    const actions = (
        <>
            <Button onClick={() => void ends(true)}>{t('common.cancel')}</Button>
            <Button look="primary" onClick={agree}>
                {t('voice.agree')}
            </Button>
        </>
    )
    return (
        <Dialog title={t('voice.where')} size="small" onClose={() => void ends(true)} actions={actions}>
            <p>{t('voice.goes', { where: place(server.value?.listens ?? '') })}</p>
            <p class="soft">{t('voice.keeps')}</p>
        </Dialog>
    )
}

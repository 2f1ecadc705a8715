import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { IconButton } from '../design'
import { t } from '../i18n'
import { server, type Room } from '../state'
import { choices, choose } from './choices'
import { place } from './where'

type Library = typeof import('./reading')

/** Whether bots' answers are read out here, and to stop; only where somebody speaks. */
export function ReadAloud({ room }: { room: Room }) {
    const library = useSignal<Library | null>(null)
    const speaks = server.value?.speaks ?? ''
    const on = choices.value.aloud && Boolean(speaks)
    useEffect(() => {
        if (!on) return
        let end = (): void => undefined
        let over = false
        void import('./reading').then((found) => {
            library.value = found
            if (!over) end = found.read(room)
        })
        return () => {
            over = true
            end()
        }
    }, [room, on])
    if (!speaks) return null
    return (
        <>
            {library.value?.reading.value && (
                <IconButton icon="stop" label={t('voice.stop')} onClick={() => library.value?.stop()} />
            )}
            <IconButton
                icon={on ? 'sound' : 'mute'}
                label={on ? t('voice.aloud_off') : t('voice.aloud_on', { where: place(speaks) })}
                pressed={on}
                onClick={() => choose({ aloud: !on })}
            />
        </>
    )
}

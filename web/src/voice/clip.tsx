import { t } from '../i18n'
import type { Attachment } from '../protocol/types'
import type { Line } from '../state'
import { place } from './where'

/** What browsers play. */
export const SOUND = /^audio\/(?:wav|webm|ogg|mpeg|flac|mp4)$/

/** A clip, to be played; of one that was spoken, who made its text. */
export function Clip({ line, file, address }: { line: Line; file: Attachment; address: string }) {
    const heard = line.body.heard
    return (
        <figure class="clip">
            <audio controls preload="none" src={address} aria-label={t('voice.clip', { nick: line.sender.nick })} />
            <figcaption class="faint small">{heard ? t('voice.heard', { by: place(heard) }) : file.name}</figcaption>
        </figure>
    )
}

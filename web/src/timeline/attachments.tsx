import { useSignal } from '@preact/signals'

import { Icon } from '../design'
import { t } from '../i18n'
import { bytes } from '../i18n/format'
import type { Attachment } from '../protocol/types'
import type { Line } from '../state'
import { Clip, SOUND } from '../voice/clip'
import '../voice/voice.css'

const SHOWN = /^image\/(?:png|jpeg|gif|webp|avif)$/
const HIGHEST = 320 // px
const WIDEST = 480

/** What was attached: pictures as pictures, the rest as files to be fetched. */
export function Attachments({ line }: { line: Line }) {
    const files = line.body.attachments
    if (!files?.length || line.redacted) return null
    return (
        <div class="attachments">
            {files.map((file) => {
                if (file.id && SHOWN.test(file.type)) return <Picture key={file.id} file={file} />
                const clip = line.body.style === 'voice' || SOUND.test(file.type)
                if (!file.id || !clip) return <File key={file.id} file={file} />
                return <Clip key={file.id} line={line} file={file} address={address(file)} />
            })}
        </div>
    )
}

const address = (file: Attachment): string => `/files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`

function Picture({ file }: { file: Attachment }) {
    const size = fitted(file.width ?? 0, file.height ?? 0)
    const whole = useSignal(false) // where the server makes no small pictures
    return (
        <a class="picture" href={address(file)} target="_blank" rel="noopener noreferrer">
            <img
                src={whole.value ? address(file) : `/files/${encodeURIComponent(file.id)}/thumb`}
                onError={() => (whole.value = true)}
                alt={file.name}
                loading="lazy"
                decoding="async"
                {...size}
            />
        </a>
    )
}

/** Its size as it is shown, so that nothing moves when it comes. */
function fitted(width: number, height: number): { width?: number; height?: number } {
    if (!width || !height) return {}
    const scale = Math.min(1, WIDEST / width, HIGHEST / height)
    return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

function File({ file }: { file: Attachment }) {
    // An import knows what was attached, and has it not.
    if (!file.id) return <span class="file faint">{file.name}</span>
    return (
        <a class="file" href={address(file)} download={file.name} rel="noopener noreferrer">
            <Icon name="file" />
            <span class="file-name" dir="auto">{file.name}</span>
            <span class="faint small">{bytes(file.size)}</span>
            <span class="unseen">{t('file.download')}</span>
        </a>
    )
}

import { Avatar, Badge, Button, hueOf } from '../design'
import { t } from '../i18n'
import { Text } from '../markdown/text'
import { ask, type Growing, type Room } from '../state'
import { told } from '../app/telling'

/** Answers that are still being written, at the end of the timeline: each becomes its line, in place. */
export function GrowingAnswers({ room }: { room: Room }) {
    return (
        <>
            {room.drafts.open.value.map((one) => (
                <GrowingAnswer key={`${one.sender.id}/${one.draft}`} room={room} growing={one} />
            ))}
        </>
    )
}

function GrowingAnswer({ room, growing }: { room: Room; growing: Growing }) {
    const { sender, text } = growing
    return (
        <article
            class="row row-first row-growing"
            aria-busy="true"
            aria-label={t('growing.label', { nick: sender.nick })}
        >
            <div class="row-side">
                <Avatar id={sender.id} nick={sender.nick} kind={sender.kind} />
            </div>
            <div class="row-body">
                <header class="row-head">
                    <span dir="auto" class={`nick ink-${hueOf(sender.id)}`}>{sender.nick}</span>
                    <Badge look="accent">{t('kind.bot')}</Badge>
                    <span class="faint small">{t(text ? 'growing.writes' : 'growing.thinks')}</span>
                </header>
                <Text room={room} text={text} growing />
                <Button small icon="stop" onClick={() => told(ask('stop', { room: room.name.value }))}>
                    {t('growing.stop')}
                </Button>
            </div>
        </article>
    )
}

import { Button, Icon } from '../design'
import { t } from '../i18n'
import { Text } from '../markdown/text'
import { dismiss, online, outgoing, type Room, type Sending } from '../state'

/** What one has said and the log does not have yet. */
export function OutgoingLines({ room, thread }: { room: Room; thread: number | null }) {
    const mine = outgoing.value.filter((one) => one.room === room && one.thread === thread)
    return (
        <>
            {mine.map((one) => (
                <OutgoingLine key={one.nonce} sending={one} />
            ))}
        </>
    )
}

function OutgoingLine({ sending }: { sending: Sending }) {
    const { refused } = sending
    return (
        <article class={refused ? 'row row-first row-refused' : 'row row-sending'} aria-label={t('outgoing.label')}>
            <div class="row-side">
                <Icon name={refused ? 'warn' : 'clock'} size={16} />
            </div>
            <div class="row-body">
                <Text room={sending.room} text={sending.text} />
                {!refused && !online.value && <p class="mark">{t('outgoing.waits')}</p>}
                {refused && (
                    <div class="refused" role="alert">
                        <p>{refused.message}</p>
                        <Button small icon="again" onClick={sending.again}>
                            {t('outgoing.again')}
                        </Button>
                        <Button small look="quiet" onClick={() => dismiss(sending.nonce)}>
                            {t('outgoing.dismiss')}
                        </Button>
                    </div>
                )}
            </div>
        </article>
    )
}

/** Let bots talk with each other, be quiet, go on. */

import { Button } from '../../design'
import { t } from '../../i18n'
import type { BotInfo } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { attempt } from '../asking'
import { openDialog } from '../open'
import { may } from '../rights'

export function TalkButtons({ room, bots }: { room: Room; bots: readonly BotInfo[] }) {
    const name = room.name.value
    if (!may(room, 'stop')) return null
    return (
        <div class="flow wrap">
            {may(room, 'duet') && (
                <Button
                    small
                    icon="duet"
                    onClick={() => openDialog('duet', { bots: bots.slice(0, 2).map((bot) => bot.nick) })}
                >
                    {t('talk.begin')}
                </Button>
            )}
            <Button small icon="stop" onClick={() => attempt(() => ask('stop', { room: name }))}>
                {t('talk.stop_all')}
            </Button>
            <Button small icon="play" onClick={() => attempt(() => ask('continue', { room: name }))}>
                {t('talk.continue_all')}
            </Button>
        </div>
    )
}

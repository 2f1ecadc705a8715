/** What a bot asks to be allowed, in the timeline: the tool, its arguments, and two buttons, which give the reactions that count. */

import { Badge, Button, Icon } from '../../design'
import { t } from '../../i18n'
import { ask, me, type Line, type Room } from '../../state'
import { attempt } from '../asking'
import { roleIn } from '../rights'
import { NO, YES, type ToolRequest } from './requests'

const LASTS = 15 * 60_000 // ms, as the bot host has it

interface CardProps {
    room: Room
    line: Line
    request: ToolRequest
}

/** Instead of the text of a line in which `requestIn` finds something. */
export function ApprovalCard({ room, line, request }: CardProps) {
    const { bot, tool, args, requester, decision, by } = request
    const late = decision === 'open' && Date.now() - Date.parse(line.at) > LASTS
    const mine = requester === me.value?.nick || ['owner', 'moderator'].includes(roleIn(room))
    const answer = (emoji: string) => attempt(() => ask('react', { room: room.name.value, seq: line.seq, emoji }))
    return (
        <div class="approval" role="group" aria-label={t('approval.title', { bot, tool })}>
            <p class="flow wrap">
                <Icon name="shield" />
                <span>{requester ? t('approval.wants_for', { bot, requester }) : t('approval.wants', { bot })}</span>
                <strong class="mono">{tool}</strong>
                {decision === 'approved' && <Badge look="good">{t('approval.approved', { by })}</Badge>}
                {decision === 'denied' && <Badge look="danger">{t('approval.denied', { by })}</Badge>}
                {late && <Badge>{t('approval.late')}</Badge>}
            </p>
            <pre class="scroll approval-args" tabIndex={0} aria-label={t('approval.args')}>
                {args}
            </pre>
            {decision === 'open' && !late && mine && (
                <div class="flow">
                    <Button small look="primary" icon="check" onClick={() => answer(YES)}>
                        {t('approval.approve')}
                    </Button>
                    <Button small look="danger" icon="close" onClick={() => answer(NO)}>
                        {t('approval.deny')}
                    </Button>
                </div>
            )}
            {decision === 'open' && !late && !mine && <p class="small soft">{t('approval.whose')}</p>}
        </div>
    )
}
